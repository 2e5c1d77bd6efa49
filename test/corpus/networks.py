"""The two networks whose checkpoints the corpus is made of; shapes as the reader's users have them."""

import math

import torch
from torch import nn


class BiLSTM(nn.Module):
    def __init__(self, features=86, hidden=128, layers=2):
        super().__init__()
        self.lstm = nn.LSTM(features, hidden, layers, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(2 * hidden, 1)


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, max_len):
        super().__init__()
        position = torch.arange(max_len).unsqueeze(1)
        rate = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
        pe = torch.zeros(1, max_len, d_model)
        pe[0, :, 0::2] = torch.sin(position * rate)
        pe[0, :, 1::2] = torch.cos(position * rate)
        self.register_buffer("pe", pe)


class Transformer(nn.Module):
    def __init__(self, features=86, d_model=128, heads=8, layers=2, feedforward=512, max_len=5000):
        super().__init__()
        self.input_projection = nn.Linear(features, d_model)
        self.pos_encoder = PositionalEncoding(d_model, max_len)
        layer = nn.TransformerEncoderLayer(d_model, heads, feedforward, batch_first=True)
        self.transformer_encoder = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.fc = nn.Linear(d_model, 1)


def tiny_bilstm():
    torch.manual_seed(1)
    return BiLSTM(features=5, hidden=3, layers=2)


def tiny_transformer():
    torch.manual_seed(2)
    return Transformer(features=5, d_model=8, heads=2, layers=1, feedforward=16, max_len=12)
