"""The table: one line a case, printed as soon as it is known."""

import statistics
import sys
from dataclasses import dataclass
from enum import StrEnum

from bench.cases import Case

FORMAT = "{:<27} {:>11} {:>11} {:>9}  {:<15} {:>7}  {}"


class Verdict(StrEnum):
    MET = "met"
    NOISE = "noise"  # the median misses the target, a round reached it
    MISSED = "MISSED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Result:
    """A case's rates, round by round, of the two sides."""

    first: list[float]
    second: list[float]

    @property
    def ratios(self) -> list[float]:
        return [one / other for one, other in zip(self.first, self.second, strict=True)]


def run(case: Case, rounds: int) -> Result:
    """Let the sides take turns, so that what else the machine does meets both."""
    result = Result([], [])
    for _ in range(rounds):
        result.first.append(case.first())
        result.second.append(case.second())
    return result


def verdict(ratios: list[float], target: float) -> Verdict:
    if statistics.median(ratios) >= target:
        return Verdict.MET
    return Verdict.NOISE if max(ratios) >= target else Verdict.MISSED


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def head() -> None:
    say(FORMAT.format("per second", "ours", "theirs", "ratio", "min - max", "target", ""))
    say("-" * 94)


def row(case: Case, result: Result) -> Verdict:
    ratios = result.ratios
    found = verdict(ratios, case.target)
    say(
        FORMAT.format(
            case.name,
            f"{statistics.median(result.first):,.1f}",
            f"{statistics.median(result.second):,.1f}",
            f"{statistics.median(ratios):.2f}x",
            f"{min(ratios):.2f} - {max(ratios):.2f}",
            f">= {case.target:g}x",
            found,
        )
    )
    return found


def failed(name: str, problem: Exception) -> Verdict:
    say(f"{name:<27} {Verdict.FAILED}: {problem}")
    return Verdict.FAILED


def total(found: list[Verdict]) -> None:
    counted = [f"{found.count(each)} {each.lower()}" for each in Verdict]
    say(f"{len(found)} targets: {', '.join(counted)}.")
