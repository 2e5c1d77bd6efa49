#pragma once

#include <vector>

#include "networks/options.hpp"

namespace dl_trade::inference::test {

/// Sizes that fill whole vectors and such that do not, one layer and several, heads of odd widths.
inline const std::vector<networks::NetworkOptions> networks_of_all_sizes{
    networks::BiLSTMClassifierOptions{5, 6, 2, 0.2},
    networks::BiLSTMClassifierOptions{5, 17, 1, 0.2},
    networks::BiLSTMClassifierOptions{3, 33, 4, 0.2},
    networks::BiLSTMClassifierOptions{86, 128, 2, 0.2},
    networks::TransformerClassifierOptions{5, 16, 4, 2, 24, 60, 0.2},
    networks::TransformerClassifierOptions{5, 6, 2, 1, 7, 60, 0.2},
    networks::TransformerClassifierOptions{7, 51, 3, 3, 40, 60, 0.2},
    networks::TransformerClassifierOptions{86, 128, 8, 2, 512, 60, 0.2},
};

}  // namespace dl_trade::inference::test
