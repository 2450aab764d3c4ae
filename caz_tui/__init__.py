"""The client portfolio of a Conta Azul partner office, as a full-screen terminal program."""

__version__ = "0.1.0"
