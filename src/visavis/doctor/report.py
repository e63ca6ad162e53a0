"""The findings, for people and for programs."""

import json
from collections.abc import Sequence

import typer

import visavis
from visavis.doctor.findings import Finding, Verdict, worst

FORM = 1
"""Of the JSON report; another number when a field changes its meaning or goes."""

_SHOWN = {
    Verdict.OK: ("ok", typer.colors.GREEN),
    Verdict.WARNING: ("warning", typer.colors.YELLOW),
    Verdict.PROBLEM: ("problem", typer.colors.RED),
    Verdict.NOT_TRIED: ("not tried", typer.colors.BRIGHT_BLACK),
}


def for_people(findings: Sequence[Finding]) -> str:
    """A line for each finding, one more for each remedy, and one for all."""
    width = max((len(finding.name) for finding in findings), default=0)
    lines = []
    for finding in findings:
        word, colour = _SHOWN[finding.verdict]
        lines.append(f"{typer.style(f'{word:9}', fg=colour)}  {finding.name:{width}}  {finding.reason}")
        if finding.remedy:
            lines.append(f"{'':9}  {'':{width}}  -> {finding.remedy}")
    return "\n".join([*lines, "", _summary(findings)])


def _summary(findings: Sequence[Finding]) -> str:
    count = {verdict: sum(finding.verdict is verdict for finding in findings) for verdict in Verdict}
    if worst(findings) is Verdict.OK:
        words = "All that was looked at is as it should be."
    else:
        words = f"Problems: {count[Verdict.PROBLEM]}. Warnings: {count[Verdict.WARNING]}."
    left = count[Verdict.NOT_TRIED]
    return f"{words} Not tried: {left}." if left else words


def for_programs(findings: Sequence[Finding], url: str | None) -> str:
    """JSON, as docs/hosting.md describes it."""
    return json.dumps(
        {
            "form": FORM,
            "version": visavis.__version__,
            "url": url,
            "verdict": worst(findings),
            "findings": [
                {
                    "name": finding.name,
                    "verdict": finding.verdict,
                    "reason": finding.reason,
                    "remedy": finding.remedy or None,
                }
                for finding in findings
            ],
        },
        indent=2,
    )
