"""Prints what scikit-learn's logistic regression and gradient boosting say of held-out rows, as JSON.

python fit_classifiers.py --train train.csv --test test.csv [--rounds 20]

Files have no header: features, then the label in the last column.
"""

from __future__ import annotations

import argparse
import json

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    brier_score_loss,
    f1_score,
    log_loss,
    matthews_corrcoef,
    precision_score,
    recall_score,
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--train", required=True)
    parser.add_argument("--test", required=True)
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()

    train = np.loadtxt(arguments.train, delimiter=",")
    test = np.loadtxt(arguments.test, delimiter=",")
    models = {
        "logistic": LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000),
        "boosting": HistGradientBoostingClassifier(max_iter=arguments.rounds, early_stopping=False),
    }
    said = {}
    for name, model in models.items():
        model.fit(train[:, :-1], train[:, -1])
        p = model.predict_proba(test[:, :-1])[:, 1]
        truth, rises = test[:, -1], p > 0.5
        said[name] = {
            "probabilities": p.tolist(),
            "metrics": {
                "accuracy": accuracy_score(truth, rises),
                "precision": precision_score(truth, rises),
                "recall": recall_score(truth, rises),
                "f1": f1_score(truth, rises),
                "mcc": matthews_corrcoef(truth, rises),
                "logLoss": log_loss(truth, p),
                "brierScore": brier_score_loss(truth, p),
            },
        }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
