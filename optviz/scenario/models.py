"""What a scenario says, under the names the scenario file uses: kinds, bounds, defaults and meanings.

The models check each key by itself; what several keys must agree on is in checks.py, and loading.py fills in
the defaults that depend on other keys. A Scenario made by ``load``, ``loads`` or ``build`` is complete: ``title``,
``start`` and everything in ``render`` hold what will be used.
"""

# no "from __future__ import annotations": pydantic would compile every annotation's text at each start

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, cast, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    PlainSerializer,
    PlainValidator,
    PrivateAttr,
    SerializationInfo,
    TypeAdapter,
    WithJsonSchema,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from optviz.errors import Issue, did_you_mean
from optviz.optimizers import BoundRule
from optviz.output import FORMATS
from optviz.problems import FUNCTIONS, Finish
from optviz.scenario import fields
from optviz.scenario.fields import (
    AnyText,
    Batch,
    Bounds,
    Count,
    Drawable,
    Interval,
    Loop,
    NotNegative,
    Number,
    Point,
    Points,
    Positive,
    Rows,
    Size,
    StartCount,
    StartsASide,
    Stay,
    Step,
    Switch,
    Text,
    TextFactor,
    Trail,
    Whole,
    Words,
)
from optviz.scenario.messages import said
from optviz.words import ENGLISH, Language
from optviz.words import Words as WordsOfPicture

if TYPE_CHECKING:
    from optviz.problems import CustomFunction

PaceName = Literal["linear", "log", "arc", "story"]
ViewName = Literal["auto", "curve", "map", "surface", "time", "grid", "network", "losses"]
Aspect = Literal["equal", "fill"]
Levels = Literal["auto", "linear", "log", "rank"]
PanelName = Literal["loss", "distance", "gradient", "effective_lr", "state", "regret", "ranking", "rates", "step"]
ThemeName = Literal["light", "dark", "paper"]
Activation = Literal["relu", "tanh", "sigmoid"]
Data = Literal["sine_of_sum", "two_moons", "spirals"]
Loss = Literal["mse", "cross_entropy"]
RulesetName = Literal["final", "target", "algoperf", "deepobs", "coco"]

MOST_STEPS = 1_000_000
MOST_FRAMES = 1_000_000
MOST_RACERS = 24
MOST_SAMPLES = 100_000
MOST_SEEDS = 1000
MOST_TRIALS = 10_000
LONGEST_HOLD_S = 600
SLOWEST, FASTEST = 0.01, 100.0  # speeds of a stretch of the film
ALL = "all"  # in a list of names: every one of the catalogue
LEAST_LEAGUE_STARTS = 3
LEAGUE_FUNCTIONS = tuple(
    "sphere ellipsoid100 booth beale rosenbrock himmelblau "
    "three_hump_camel goldstein_price branin styblinski_tang rastrigin ackley".split()
)


def _any_case(suffix: str) -> str:
    return "".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in suffix.removeprefix("."))


FunctionName = Annotated[Text, WithJsonSchema({"enum": list(FUNCTIONS)})]
LeagueFunctions = FunctionName | Literal["all"] | tuple[FunctionName, ...]
Formula = Annotated[Text, WithJsonSchema({"type": "string", "pattern": r"\W|^\w$", "description": "a formula"})]
OutputPath = Annotated[
    fields.Path,
    AfterValidator(fields.from_home),
    WithJsonSchema({"type": "string", "pattern": rf"\.({'|'.join(map(_any_case, FORMATS))})$"}),
]


class Part(BaseModel):
    """A mapping of a scenario file: known keys alone, and nothing changes after it is read."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, ser_json_inf_nan="constants")


class FunctionSettings(Part):
    """What is minimised: a catalogue function (``name``), or a formula with what is known about it."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["name"]}, {"required": ["formula"]}]})

    name: FunctionName | None = Field(
        None,
        description="a catalogue function; the other keys replace what it has (optviz list functions)",
    )
    formula: AnyText | None = Field(None, description="an expression in x, or in x and y (optviz help formulas)")
    constants: dict[str, Number] = Field({}, description="named numbers that the formula and schedules may use")
    window: Bounds | None = Field(
        None, description="what is drawn: [[x0, x1]] or [[x0, x1], [y0, y1]]; else what start, paths and minimum need"
    )
    domain: Bounds | None = Field(None, description="a box into which every racer is projected back after each step")
    minima: Points | None = Field(None, description="known minima; else they are searched for inside window and domain")

    _callables: Any = PrivateAttr(None)

    @property
    def custom(self) -> "CustomFunction | None":
        """The function itself, where Python gave one."""
        return cast("CustomFunction | None", self._callables)

    def with_callables(self, custom: "CustomFunction | None") -> Self:
        """Return the same settings for a function that Python gave."""
        changed = self.model_copy()
        changed._callables = custom
        return changed

    @model_validator(mode="after")
    def _name_or_formula(self) -> Self:
        if (self.name is None) == (self.formula is None):
            raise ValueError("needs either a name or a formula", "such as formula: x**2 + y**2")
        return self

    @model_serializer
    def _as_written(self) -> str | dict[str, object]:
        keys = {key: getattr(self, key) for key in type(self).model_fields}
        if self.name is None:
            return {key: value for key, value in keys.items() if key != "name"}
        changed = {key: keys[key] for key in ("constants", "minima") if keys[key] not in ({}, None)}
        if not changed and self.window is None and self.domain is None:
            return self.name
        return {"name": self.name, "window": self.window, "domain": self.domain, **changed}


class NetworkSettings(Part):
    """A small neural network to train. The defaults given here are those for ``sine_of_sum``."""

    layers: tuple[Count, ...] = Field((10, 32, 1), description="numbers of neurons, the inputs first")
    activation: Activation = Field("relu", description="the function between the layers")
    data: Data = Field("sine_of_sum", description="what is to be learnt")
    samples: Count = Field(200, le=MOST_SAMPLES, description="size of the data set")
    noise: NotNegative = Field(0.1, description="standard deviation of the noise in the targets or positions")
    loss: Loss = Field("mse", description="mean squared error, or cross entropy for two classes")
    batch: Batch = Field("full", description="samples used in a step: full, or a number")

    @model_validator(mode="before")
    @classmethod
    def _fit_the_data(cls, value: object) -> object:
        if not isinstance(value, dict) or value.get("data") not in ("two_moons", "spirals"):
            return value
        return {"layers": (2, 16, 16, 1), "loss": "cross_entropy", **value}


class Noise(Part):
    """Noise added to every gradient coordinate: normal, on every ``spike_every``-th step larger, or as drawn before."""

    model_config = ConfigDict(
        json_schema_extra={
            "dependentRequired": {"spike_every": ["spike_std"], "spike_std": ["spike_every"]},
            "dependentSchemas": {
                "draws": {"maxProperties": 1},
                "file": {"maxProperties": 1},
            },
        }
    )

    std: NotNegative = Field(0.0, description="standard deviation of the normal noise on every gradient coordinate")
    spike_every: Count | None = Field(None, description="the larger deviation is used once in this number of steps")
    spike_std: NotNegative | None = Field(None, description="the larger deviation")
    draws: Rows | None = Field(None, description="instead: exactly these, a row a step, a number a coordinate")
    file: Text | None = Field(
        None, description="instead: the draws in this CSV file, found relative to the scenario; a header is optional"
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.draws is not None or self.file is not None) and len(self.model_fields_set) > 1:
            raise ValueError("draws or file stand alone", "such as {file: draws.csv}")
        return self

    @model_validator(mode="after")
    def _spikes_whole(self) -> Self:
        if (self.spike_every is None) != (self.spike_std is None):
            raise ValueError("spike_every and spike_std need each other", "such as {spike_every: 7, spike_std: 5}")
        return self

    @model_serializer
    def _as_written(self) -> dict[str, object]:
        if self.draws is not None:
            return {"draws": [row[0] if len(row) == 1 else list(row) for row in self.draws]}
        return {"std": self.std, "spike_every": self.spike_every, "spike_std": self.spike_std}


class ClipSettings(Part):
    """How the gradient that a racer is given is clipped: its length, or each coordinate."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["norm"]}, {"required": ["value"]}]})

    norm: Positive | None = Field(None, description="the greatest length of the gradient, noise included")
    value: Positive | None = Field(None, description="the greatest absolute value of each of its coordinates")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.norm is None) == (self.value is None):
            raise ValueError("needs either norm or value", "such as {norm: 1}")
        return self


class TableSettings(Part):
    """Numbers that are printed after the race: a row a step."""

    columns: Annotated[
        tuple[Text, ...],
        BeforeValidator(fields.names, json_schema_input_type=Text | Annotated[tuple[Text, ...], Field(min_length=1)]),
        Field(min_length=1),
    ] = Field(description="names such as f, state.v or Adam/effective_lr (optviz help outputs); the step comes first")
    steps: tuple[Step, ...] = Field((), description="the steps that have a row; eleven from the first to the last")


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

    def in_words(self, dim: int, seed: int, say: WordsOfPicture = ENGLISH) -> str:
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


class StopSettings(Part):
    """When a racer ends before the last step."""

    inside: Stay = Field(
        description="after this number of steps within the finish in a row, at least 10: a shorter stay is no arrival",
    )


class FinishSettings(Part):
    """The finish line: within ``distance`` of a lowest minimum, or within ``gap`` of its value."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["distance"]}, {"required": ["gap"]}]})

    distance: Positive | None = Field(None, description="within this distance of a lowest minimum")
    gap: Positive | None = Field(None, description="f no farther than this from the lowest minimum's")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.distance is None) == (self.gap is None):
            raise ValueError("needs either distance or gap", "such as {distance: 0.05}")
        return self

    @classmethod
    def of(cls, finish: Finish) -> "FinishSettings | None":
        """Return the settings that a file would need for that line; None for no line."""
        return None if finish == Finish() else cls.model_construct(distance=finish.distance, gap=finish.gap)

    @property
    def line(self) -> Finish:
        """The finish line that a race is judged by."""
        return Finish(self.distance, self.gap)


class RacerSpec(Part):
    """One racer: its name on the picture, and the rule with the hyperparameters that it races with."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    label: str
    rule: SkipJsonSchema[InstanceOf[BoundRule]]
    color: str | None = None  # instead of its rule's
    marker: str | None = None

    @property
    def hyperparameters(self) -> dict[str, Any]:
        """Every hyperparameter as a scenario writes it."""
        return self.rule.hyperparameters

    @model_serializer
    def _as_written(self) -> dict[str, dict[str, Any]]:
        looks = {key: getattr(self, key) for key in ("color", "marker") if getattr(self, key) is not None}
        clip = {} if self.rule.clip is None else {"clip": self.rule.clip.written}
        beside = {**clip, "label": self.label, **looks}
        if library := self.rule.rule.library:
            if self.rule.name == library:
                return {library: {**self.rule.hyperparameters, **beside}}
            name = self.rule.name.removeprefix(f"{library}.")
            return {library: {name: self.rule.hyperparameters, **beside}}
        return {self.rule.name: {**self.rule.hyperparameters, **beside}}


class CameraSettings(Part):
    """Where a surface is seen from, in degrees; ``turn`` is how far it turns over the animation."""

    azimuth: Number | None = Field(
        None, description="degrees around the vertical axis; else from where most of the trails are seen"
    )
    elevation: Number | None = Field(
        None, ge=5, le=90, description="degrees above the plane; else from where the trails' ends are seen"
    )
    turn: Number = Field(0.0, description="degrees it turns over the animation")


class Caption(Part):
    """Text shown from step ``at`` on, until another's or its own end."""

    at: Step = Field(description="the step")
    until: Step | None = Field(None, description="the step at which it is gone; it stays until the next one")
    text: Words = Field(description="what it says from then on")


_CAPTIONS: TypeAdapter[tuple[Caption, ...]] = TypeAdapter(tuple[Caption, ...])


def _captions(value: object) -> object:
    """Return auto as it is, texts as Caption; an empty key has none."""
    if isinstance(value, str) and value != "auto":
        raise ValueError(f"must be auto or a list of captions, got {said(value)}", "such as [{at: 20, text: Here}]")
    return value if value == "auto" else _CAPTIONS.validate_python(fields.empty_list(value))


def _plain_captions(captions: tuple[Caption, ...] | str, info: SerializationInfo) -> object:
    """Return auto as it is, captions as mappings."""
    if isinstance(captions, str):
        return captions
    return [one.model_dump(mode=info.mode, exclude_defaults=info.exclude_defaults) for one in captions]


Captions = Annotated[
    Literal["auto"] | tuple[Caption, ...],
    PlainValidator(_captions, json_schema_input_type=Literal["auto"] | tuple[Caption, ...] | None),
    PlainSerializer(_plain_captions),
]


class Pause(Part):
    """The film stands still at step ``at`` for ``seconds``."""

    at: Step = Field(description="the step")
    seconds: Positive = Field(le=LONGEST_HOLD_S, description="how long")
    text: Drawable = Field("", description="what is said meanwhile")


class Stretch(Part):
    """How fast the film goes over some steps, against those that no stretch names."""

    begin: Step = Field(alias="from", description="the step where it begins")
    to: Step = Field(description="the step where it ends")
    speed: Positive = Field(ge=SLOWEST, le=FASTEST, description="as many times as fast as elsewhere")

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.begin >= self.to:
            raise ValueError(f"must go forward, got from {self.begin} to {self.to}")
        return self

    @model_serializer
    def _as_written(self) -> dict[str, object]:
        return {"from": self.begin, "to": self.to, "speed": self.speed}


_STRETCHES: TypeAdapter[tuple[Stretch, ...]] = TypeAdapter(tuple[Stretch, ...])


def _pace(value: object) -> object:
    """Return the name of a pace as it is, stretches as Stretch."""
    if isinstance(value, list | tuple) and value:
        return _STRETCHES.validate_python(value)
    if value in get_args(PaceName):
        return value
    *most, last = get_args(PaceName)
    hint = did_you_mean(value, get_args(PaceName)) if isinstance(value, str) else ""
    message = f"must be {', '.join(most)}, {last} or a list of stretches, got {said(value)}"
    raise ValueError(message, hint if hint.endswith("?") else "such as [{from: 0, to: 20, speed: 0.25}]")


Pace = Annotated[
    PaceName | tuple[Stretch, ...],
    PlainValidator(_pace, json_schema_input_type=PaceName | Annotated[tuple[Stretch, ...], Field(min_length=1)]),
]


_THEME: TypeAdapter[ThemeName] = TypeAdapter(ThemeName)
_THEMES: TypeAdapter[tuple[ThemeName, ...]] = TypeAdapter(tuple[ThemeName, ...])


def _themes(value: object) -> object:
    """Return the name of a theme, also where it is the only one of a list, or the names of several."""
    if not isinstance(value, list | tuple) or not value:
        return _THEME.validate_python(value)
    several = _THEMES.validate_python(value)
    return several if len(several) > 1 else several[0]


Themes = Annotated[
    ThemeName | tuple[ThemeName, ...],
    PlainValidator(_themes, json_schema_input_type=ThemeName | Annotated[tuple[ThemeName, ...], Field(min_length=1)]),
]


class AnatomySettings(Part):
    """The film stands still at step ``at`` and takes it apart, term by term, within ``seconds``."""

    at: Count = Field(description="the step")
    seconds: Positive = Field(le=LONGEST_HOLD_S, description="how long")


class Render(Part):
    """How it is drawn."""

    size: Size = Field(fields.SIZES["720p"], description="in pixels, both sides even: 1280x720, [1280, 720] or a name")
    fps: Count = Field(25, le=60, description="frames a second")
    frames: Count = Field(
        0, le=MOST_FRAMES, description="frames of motion, whatever the steps; min(steps, 240)"
    )  # 0 until steps are known
    pace: Pace = Field(
        "linear",
        description="how steps are spread over the frames: evenly, early steps slower, equal ways on the picture, "
        "slower where something happens, or a list of stretches with their speeds",
    )
    glide: Switch | None = Field(
        None, description="heads move along the segment between two steps; where there are more frames than steps"
    )
    hold: Number = Field(
        -1.0, ge=0, le=LONGEST_HOLD_S, description="seconds that the last frame stays; 4 for a race, 2 for one racer"
    )  # below 0 until the racers are counted
    loop: Loop = Field(True, description="whether it plays again, or how many times")
    view: ViewName = Field("auto", description="the large picture; auto: what fits the function")
    levels: Levels = Field(
        "auto", description="how the heights of f are spread over the colours; auto: what shows the valley"
    )
    aspect: Aspect | None = Field(
        None,
        description="whether x and y of a map have one scale: equal grows the window's shorter side, at most 8 times; "
        "fill does not; equal where no window is given",
    )
    values: Interval | None = Field(
        None, description="[low, high] of a curve's vertical axis; else what the window needs"
    )
    panels: Annotated[
        tuple[PanelName, ...],
        BeforeValidator(fields.names, json_schema_input_type=PanelName | tuple[PanelName, ...]),
    ] = Field(("loss", "ranking"), description="what is drawn beside the view, in this order")
    theme: Themes = Field(
        "light", description="colours; of a list each, in a file of its own with the theme's name before the suffix"
    )
    text: TextFactor | None = Field(
        None,
        description="size of all words and marks: normal, large (1.5 times), or a factor as far as there is room; "
        "normal, large below 960 pixels of width and for slides",
    )
    font: Words | None = Field(
        None, description="an installed font family; what it lacks comes from other fonts; else the package's own"
    )
    heading: Switch = Field(True, description="title and formula")
    footer: Switch = Field(True, description="the small print: the terms of the race")
    focus: Words | None = Field(None, description="a racer's label: that one is lit, the others are ghosts")
    lens: Switch = Field(True, description="a magnifier opens where heads gather")
    trail: Trail = Field("full", description="how much of each path stays visible: full, none or a number of steps")
    camera: CameraSettings | None = Field(None, description="where a surface is seen from")
    captions: Captions = Field((), description="texts that appear at a step, or auto: what happens in the race")
    lesson: Drawable = Field(
        "",
        description="one sentence shown at the end; made from what happened, also where a flag changes the race",
    )
    podium: Switch = Field(True, description="whether the ranking lifts the first three who arrived at the end")
    pauses: Annotated[
        tuple[Pause, ...], BeforeValidator(fields.empty_list, json_schema_input_type=tuple[Pause, ...] | None)
    ] = Field((), description="steps at which the film stands still")
    anatomy: Annotated[
        tuple[AnatomySettings, ...],
        BeforeValidator(fields.empty_list, json_schema_input_type=tuple[AnatomySettings, ...] | None),
    ] = Field((), description="steps at which the film stands still and takes the focused or only racer's step apart")

    @property
    def written(self) -> tuple[Caption, ...]:
        """The captions; of those that are made from the race none, until it was run."""
        return () if self.captions == "auto" else self.captions

    @property
    def themes(self) -> tuple[ThemeName, ...]:
        """Every theme that it is drawn in."""
        return (self.theme,) if isinstance(self.theme, str) else self.theme

    @property
    def stops(self) -> tuple[int, ...]:
        """The steps at which the film stands still, in any order."""
        return (*(one.at for one in self.pauses), *(one.at for one in self.anatomy))

    @property
    def plays(self) -> int:
        """How often the animation plays: 0 for ever, else a count."""
        return int(not self.loop) if isinstance(self.loop, bool) else self.loop


@dataclass(frozen=True)
class Provenance:
    """Where a scenario comes from."""

    name: str = "scenario"  # the file's without its suffix: what the default output is called
    text: str = ""  # YAML that gives the same race
    path: Path | None = None  # the file, if any
    named_outputs: frozenset[str] = frozenset()  # those that a flag or Python names, not the file
    draws: Path | None = None  # the file that its noise was read from, if any
    outputs_at: Mapping[str, Issue] = field(default_factory=dict)  # where the file names each, a mistake yet to be said
    logs: tuple[Path, ...] = ()  # the files that recorded runs were read from


class Scenario(Part):
    """One race: what is minimised, from where, by whom, and how it is drawn."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["function"]},
                {"required": ["network"]},
                {  # the losses of recorded racers
                    "properties": {
                        "function": False,
                        "network": False,
                        "optimizers": {"items": {"type": "object", "required": ["recorded"]}},
                    }
                },
            ]
        }
    )

    title: Words = Field(
        "", description="text on the picture and in the file's metadata; made from the function and the racers"
    )
    function: (
        Annotated[
            FunctionSettings,
            BeforeValidator(fields.function, json_schema_input_type=FunctionName | Formula | FunctionSettings),
        ]
        | None
    ) = Field(None, description="what is minimised: a catalogue name (optviz list functions), a formula, or a mapping")
    network: NetworkSettings | None = Field(None, description="a small neural network to train, instead of a function")
    start: Point | None = Field(
        None, description="where all racers start: a number in 1-D, [x, y] in 2-D; a catalogue function has its own"
    )
    starts: Starts | None = Field(
        None, description="instead of start, a swarm: every racer from each, such as {random: 200} or {grid: 8}"
    )
    steps: Count = Field(300, le=MOST_STEPS, description="how many updates each racer makes")
    seed: Whole = Field(0, description="the only source of randomness: same seed, same file, byte for byte")
    noise: Noise | None = Field(None, description="noise on the gradients, the same draws for all racers")
    common: dict[str, Any] = Field(
        {}, description="hyperparameters for every racer whose rule has them; a racer's own come first"
    )
    optimizers: tuple[RacerSpec, ...] = Field(
        description="the racers: a name, or a name with hyperparameters and a label; a rule may race several times"
    )
    tuning: TuningSettings | None = Field(
        None, description="how hyperparameters written {tune: [low, high]} are searched; 64 trials each, by the last f"
    )
    league: LeagueSettings | None = Field(
        None, description="what optviz league plays besides: functions, rules, learning rates, starts"
    )
    finish: FinishSettings | None = Field(
        None, description="where a racer arrives if it stays; within 1 % of the window's diagonal of a lowest minimum"
    )
    stop: StopSettings | None = Field(
        None, description="when a racer ends before the last step, such as {inside: 20}; never"
    )
    table: TableSettings | None = Field(
        None, description="numbers that are printed after the race; --table is the same"
    )
    language: Language = Field(
        "en", description="of all words of a race's picture; data, messages and comparisons stay English"
    )
    words: dict[str, Words] = Field(
        {}, description="words of the picture that are replaced, by the English ones (optviz list words)"
    )
    render: Annotated[Render, BeforeValidator(fields.empty_mapping, json_schema_input_type=Render | None)] = Field(
        default_factory=Render.model_construct, description="how it is drawn"
    )
    output: Annotated[
        tuple[OutputPath, ...],
        BeforeValidator(fields.names, json_schema_input_type=OutputPath | tuple[OutputPath, ...]),
    ] = Field((), description="one path or a list; the suffix picks the format; outputs/<name of the file>.gif")

    _provenance: Provenance = PrivateAttr(Provenance())

    def __repr__(self) -> str:
        """Return the title and the size, on a line; ``resolved`` has every key."""
        racers = ", ".join(racer.label for racer in self.optimizers)
        return f"<Scenario {self.title!r}: {racers}; {self.steps} steps>"

    @property
    def name(self) -> str:
        """The file's name without its suffix: what the default output is called."""
        return self._provenance.name

    @property
    def source_text(self) -> str:
        """The YAML text that this scenario was read from, without output: no file tells where it was written."""
        return self._provenance.text

    @property
    def source(self) -> Path | None:
        """The file that this scenario was read from, if any."""
        return self._provenance.path

    @property
    def inputs(self) -> dict[str, Path]:
        """Every file that it was read from, by what that is called in a message."""
        own, noise = self._provenance.path, self._provenance.draws
        return {
            **({} if own is None else {f"the scenario {own}": own}),
            **({} if noise is None else {f"the noise {noise}": noise}),
            **{f"the recorded run {path}": path for path in self._provenance.logs},
        }

    @property
    def draws(self) -> Path | None:
        """The file that its noise was read from, if any."""
        return self._provenance.draws

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text of its author's that is drawn."""
        render, labels = self.render, (racer.label for racer in self.optimizers)
        said = *(one.text for one in render.written), *(one.text for one in render.pauses)
        return self.title, *labels, render.lesson, *said, *self.words.values()

    @property
    def say(self) -> WordsOfPicture:
        """What says the words of the picture, in the scenario's language."""
        return WordsOfPicture(self.language, self.words)

    @property
    def named(self) -> frozenset[str]:
        """The outputs that a flag or Python names, not the file."""
        return self._provenance.named_outputs

    def at_output(self, path: str, issue: Issue) -> Issue:
        """Return a mistake with an output's path where the file names it; as it is for one that a flag names."""
        place = self._provenance.outputs_at.get(path)
        return replace(place, message=issue.message, hint=issue.hint) if place else issue

    def with_provenance(self, **changes: Any) -> Self:
        """Return the same scenario from elsewhere; ``changes`` are fields of Provenance."""
        changed = self.model_copy()
        changed._provenance = replace(self._provenance, **changes)
        return changed

    def resolved(self) -> dict[str, Any]:
        """Return every key but output, every default filled in, of plain lists, mappings, numbers and texts.

        Written as YAML and loaded again it gives the same race. Where files are written is this machine's affair.
        """
        return self.model_dump(mode="json", exclude={"output"})
