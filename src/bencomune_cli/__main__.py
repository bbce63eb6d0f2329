"""The program: the command `bencomune`, and `python -m bencomune_cli`."""

import gc


def run() -> None:
    """Run as a program.

    A start makes 45,000 objects that stay, few of them in circles. The collector would look
    through them again and again meanwhile, and once more at the end: a tenth of the whole.
    """
    gc.set_threshold(60_000)
    from .app import run as run_app

    try:
        run_app()
    finally:
        gc.freeze()


if __name__ == "__main__":
    run()
