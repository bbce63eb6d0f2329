"""The registry of a municipality's common life: its labs, groups and partner organisations."""

__version__ = "0.1.0"
