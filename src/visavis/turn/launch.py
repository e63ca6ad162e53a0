"""A program of its own: give up privileges, tie one's life to the parent's, and become another program.

    python -I launch.py PARENT UID GID PROGRAM [ARGUMENT...]

Not done between fork and exec of the server: code there must not allocate, and the server has threads.
Imports nothing of the rest.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38


def main() -> None:
    parent, uid, gid = (int(word) for word in sys.argv[1:4])
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        # After the change of user, which clears it (prctl(2)).
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:
        return  # it died before it could be asked to tell
    os.umask(0o077)
    os.execv(sys.argv[4], sys.argv[4:])  # noqa: S606 - no shell, and the path is the server's own finding


if __name__ == "__main__":
    main()
