"""The one way in: `launch.py server|manage|test …`, called by the scripts of the same names."""

import sys

sys.dont_write_bytecode = True  # the tree stays clean

from house import commands  # noqa: E402

if __name__ == "__main__":
    sys.exit(commands.run(sys.argv[1], sys.argv[2:]))
