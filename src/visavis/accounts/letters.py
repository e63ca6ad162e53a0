"""What is written to people by mail."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str


def invitation(link: str, days: int) -> Letter:
    return Letter(
        subject="Your invitation to Visavis",
        text=f"""\
You are invited to have an account for video calls.

Choose a name and a password here:
{link}

The link is good once, for {days} days.
""",
    )


def password_reset(link: str, minutes: int) -> Letter:
    return Letter(
        subject="Another password for Visavis",
        text=f"""\
Somebody, probably you, asked for another password for your account.

Choose one here:
{link}

The link is good once, for {minutes} minutes. If it was not you, there is nothing to do:
your password stays as it is.
""",
    )


def password_changed(name: str) -> Letter:
    return Letter(
        subject="Your password for Visavis was changed",
        text=f"""\
{name},

your password was changed, and your other sessions have ended. If it was not you,
tell whoever looks after the server.
""",
    )
