"""``hybrid estimate``: what a solve would spend, from a rehearsal that sends nothing."""

from __future__ import annotations

import argparse

from hybrid.cli import record
from hybrid.cli.choice import choose
from hybrid.cli.doors import limits_of
from hybrid.cli.exits import Exit
from hybrid.cli.output import Output
from problems.formats.registry import read
from problems.report import number


def estimate(options: argparse.Namespace) -> int:
    """Rehearse a solve and report its resources."""
    output = Output(options.json, options.file)
    problem = read(options.file, options.problem, options.index)
    choice = choose(problem, options)
    for remark in choice.remarks:
        output.say(remark)
    limits = limits_of(options.budget)
    spent = choice.solver.estimate(problem, seed=options.seed)
    output.write(record.heading_of(problem, choice.solver, options.seed) | dict(spent))
    output.say("at most, unless outcomes steer the work in another way:")
    width = max(map(len, spent), default=0)
    for name, amount in spent.items():
        output.say(f"{name.replace('_', ' '):<{width}}  {number(amount)}")
    if not spent:
        output.say("nothing that is counted")
    for name, limit in limits.items():
        needed, shown = spent.get(name, 0.0), name.replace("_", " ")
        verdict = "within" if needed <= limit else "beyond"
        output.say(f"{number(needed)} {shown}: {verdict} the budget of {number(limit)}")
    return Exit.ANSWERED
