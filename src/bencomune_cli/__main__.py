"""python -m bencomune_cli."""

from .app import run

run()
