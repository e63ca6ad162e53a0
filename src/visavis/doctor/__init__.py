"""Looks at a host and says what is wrong with it, why, and what to do: ``visavis doctor``.

::

    findings.py   what a check finds: a verdict, a reason, a remedy
    machine.py    the data folder, the secret, the database, the ports
    site.py       the public address: what one reaches there, and what reaches the server of it
    signaling.py  a Socket.IO handshake as a browser makes it, both ways in
    tls.py        what a TLS server shows, and whether a browser would take it
    stun.py       STUN: an answer, and our address in it
    relay.py      TURN: an allocation, a packet through it, and doors that must be closed
    turn_client.py  a TURN client for that
    examine.py    all of them, at the same time where they do not need each other
    report.py     for people and for programs

It reads what the server reads, and talks to a server that runs as others do. It writes nothing and starts
nothing, so that it can be run at any time.
"""

from visavis.doctor.examine import examine
from visavis.doctor.findings import Finding, Verdict, worst
from visavis.doctor.report import for_people, for_programs
from visavis.doctor.site import NoSuchAddress

__all__ = ["Finding", "NoSuchAddress", "Verdict", "examine", "for_people", "for_programs", "worst"]
