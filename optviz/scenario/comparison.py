"""How racers are compared fairly: the keys of swarms, tuning and leagues, their bounds, defaults and meanings."""

# no "from __future__ import annotations": pydantic would compile every annotation's text at each start

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_serializer, model_validator

from optviz.problems import FUNCTIONS
from optviz.scenario import fields
from optviz.scenario.fields import Count, Interval, Part, Points, StartCount, StartsASide, Text, Whole
from optviz.words import ENGLISH, Words

RulesetName = Literal["final", "target", "algoperf", "deepobs", "coco"]

MOST_SEEDS = 1000
MOST_TRIALS = 10_000
ALL = "all"  # in a list of names: every one of the catalogue
LEAST_LEAGUE_STARTS = 3
LEAGUE_FUNCTIONS = tuple(
    "sphere ellipsoid100 booth beale rosenbrock himmelblau "
    "three_hump_camel goldstein_price branin styblinski_tang rastrigin ackley".split()
)

FunctionName = Annotated[Text, WithJsonSchema({"enum": list(FUNCTIONS)})]
LeagueFunctions = FunctionName | Literal["all"] | tuple[FunctionName, ...]


class StartsSettings(Part):
    """The starts of a swarm: a grid, random ones, or a list of points."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["grid"]}, {"required": ["random"]}, {"required": ["points"]}]}
    )

    grid: StartsASide | None = Field(
        None, description="how many a side: the middles of cells, over the domain, else the window"
    )
    random: StartCount | None = Field(None, description="how many, drawn evenly over the domain, else the window")
    seed: Whole | None = Field(None, description="of the random ones; the scenario's seed")
    points: Points | None = Field(None, description="the starts themselves; a list alone is short for it")
    seeds: Count = Field(1, le=MOST_SEEDS, description="how often each start is run, with new noise each time")

    @model_validator(mode="after")
    def _one(self) -> Self:
        ways = {"grid": self.grid, "random": self.random, "points": self.points}
        if sum(value is not None for value in ways.values()) != 1:
            raise ValueError("needs one of grid, random and points", "such as {random: 200}")
        if self.seed is not None and self.random is None:
            raise ValueError("seed belongs to random starts", "remove seed, or write {random: 200, seed: 1}")
        if self.points is not None and not 1 <= len(self.points) <= fields.MOST_STARTS:
            raise ValueError(f"must be 1 to {fields.MOST_STARTS} points, got {len(self.points)}")
        return self

    def count(self, dim: int) -> int:
        """Return how many runs a racer has."""
        starts = self.random or len(self.points or ()) or (self.grid or 0) ** dim
        return starts * self.seeds

    def in_words(self, dim: int, seed: int, say: Words = ENGLISH) -> str:
        """Say where runs start; ``seed`` is the scenario's."""
        own = seed if self.seed is None else self.seed
        which = say("the same {count} starts", count=len(self.points or ()))
        if self.random is not None:
            which = say("the same {count} random starts (seed {seed})", count=self.random, seed=own)
        elif self.grid is not None:
            which = say("the same {count} starts on a grid", count=self.grid**dim)
        return ", ".join([which, *[say("{count} times with new noise", count=self.seeds)] * (self.seeds > 1)])

    @model_serializer
    def _as_written(self) -> dict[str, object]:
        keys = {key: getattr(self, key) for key in type(self).model_fields}
        return {key: value for key, value in keys.items() if value is not None}


Starts = Annotated[
    StartsSettings,
    BeforeValidator(fields.points_alone, json_schema_input_type=StartsSettings | Points),
]


class TuningSettings(Part):
    """The budget that every tuned racer has, the same for all."""

    trials: Count = Field(64, le=MOST_TRIALS, description="values that are tried for each tuned racer")
    starts: Starts | None = Field(None, description="where each trial is run from; the race's own start or starts")
    seeds: Count = Field(1, le=MOST_SEEDS, description="how often each is run, with new noise each time")
    metric: Literal["final", "target"] = Field(
        "final", description="what is lowest in the median: the last f, or the steps to arrive"
    )


class LeagueSettings(Part):
    """What ``optviz league`` plays: rules on functions, each with every learning rate from the same starts."""

    functions: Annotated[
        tuple[Text, ...],
        BeforeValidator(fields.names, json_schema_input_type=LeagueFunctions),
        Field(min_length=1),
    ] = Field(LEAGUE_FUNCTIONS, description="names of the catalogue, or all that have a lowest minimum; a dozen")
    rules: Annotated[
        tuple[Text, ...],
        BeforeValidator(fields.names, json_schema_input_type=Text | tuple[Text, ...]),
    ] = Field((), description="names of rules, or all: with what the racers give theirs, else as they are; the racers")
    lr: Interval = Field((1e-4, 10.0), description="[low, high]: the learning rates that every rule is given lie there")
    rates: Count = Field(
        32, le=MOST_TRIALS, description="how many, evenly spaced in the logarithm, both ends among them"
    )
    starts: Starts = Field(
        default_factory=lambda: StartsSettings.model_construct(random=25),
        description="where each run starts, the same for all rules, over each function's window; 25 random ones",
    )
    ruleset: RulesetName = Field("final", description="the protocol by which the table is ranked (optviz help fair)")
