"""How fast the program is, beside what a user would pick instead: `python -m bench`.

It makes registries of up to a million records, runs this program and its peers on them in turns,
and writes `docs/performance.md`. The parent of all that is measured imports little, for Linux
counts the memory of a parent as that of its children at their start.
"""
