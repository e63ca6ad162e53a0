"""Where the server's certificate comes from, and how it is kept fresh.

::

    lan.py ----- authority.py   a local authority that signs for this machine's addresses
    domain.py -- acme.py        an issuer on the Internet that signs for a domain
    own.py                      files that somebody else looks after
         `------ live.py        what connections are shown, changed while they run
"""
