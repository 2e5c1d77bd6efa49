"""The two networks as a user of PyTorch writes them; the C++ ones must give the same logits from the same weights."""

import math

import torch
from torch import nn


class BiLSTMClassifier(nn.Module):
    def __init__(self, input_size=86, hidden_size=128, num_layers=2, dropout=0.2):
        super().__init__()
        self.lstm = nn.LSTM(
            input_size,
            hidden_size,
            num_layers=num_layers,
            batch_first=True,
            bidirectional=True,
            dropout=dropout if num_layers > 1 else 0.0,
        )
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(2 * hidden_size, 1)

    def forward(self, windows):  # [B, T, F] -> [B]
        output, _ = self.lstm(windows)
        return self.fc(self.dropout(output[:, -1])).squeeze(1)


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, max_len):
        super().__init__()
        position = torch.arange(max_len, dtype=torch.float32).unsqueeze(1)
        frequency = torch.exp(torch.arange(0, d_model, 2, dtype=torch.float32) * (-math.log(10000.0) / d_model))
        pe = torch.zeros(max_len, d_model)
        pe[:, 0::2] = torch.sin(position * frequency)
        pe[:, 1::2] = torch.cos(position * frequency[: d_model // 2])
        self.register_buffer("pe", pe.unsqueeze(0))

    def forward(self, features):  # [B, T, D] -> [B, T, D]
        return features + self.pe[:, : features.size(1)]


class TransformerClassifier(nn.Module):
    def __init__(
        self, input_size=86, d_model=128, nhead=8, num_layers=2, dim_feedforward=512, max_len=5000, dropout=0.2
    ):
        super().__init__()
        self.input_projection = nn.Linear(input_size, d_model)
        self.pos_encoder = PositionalEncoding(d_model, max_len)
        layer = nn.TransformerEncoderLayer(
            d_model, nhead, dim_feedforward=dim_feedforward, dropout=dropout, batch_first=True
        )
        self.transformer_encoder = nn.TransformerEncoder(layer, num_layers, enable_nested_tensor=False)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(d_model, 1)

    def forward(self, windows):  # [B, T, F] -> [B]
        steps = windows.size(1)
        causal_mask = nn.Transformer.generate_square_subsequent_mask(steps)
        features = self.pos_encoder(self.input_projection(windows))
        output = self.transformer_encoder(features, mask=causal_mask, is_causal=True)
        return self.fc(self.dropout(output[:, -1])).squeeze(1)


NETWORKS = {"bilstm": BiLSTMClassifier, "transformer": TransformerClassifier}


def make_network(hyperparameters):
    """hyperparameters: the constructor's arguments and `architecture`."""
    arguments = dict(hyperparameters)
    return NETWORKS[arguments.pop("architecture")](**arguments)


def logits_of(network, windows, batch_size):
    """In eval mode, without gradients; windows [N, T, F] -> [N]."""
    network.eval()
    with torch.inference_mode():
        return torch.cat([network(batch) for batch in windows.split(batch_size)])
