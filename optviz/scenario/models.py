"""What a scenario says, under the names the scenario file uses: kinds, bounds, defaults and meanings.

The models check each key by itself; what several keys must agree on is in checks.py, and loading.py fills in
the defaults that depend on other keys. A Scenario made by ``load``, ``loads`` or ``build`` is complete: ``title``,
``start`` and everything in ``render`` hold what will be used.
"""

# no "from __future__ import annotations": pydantic would compile every annotation's text at each start

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, cast

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    PrivateAttr,
    WithJsonSchema,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from optviz.errors import Issue, OptvizError
from optviz.optimizers import BoundRule
from optviz.optimizers.noise import NoiseSettings
from optviz.output import FORMATS
from optviz.problems import Finish
from optviz.scenario import fields
from optviz.scenario.comparison import FunctionName, LeagueSettings, Starts, TuningSettings
from optviz.scenario.fields import (
    AnyText,
    Batch,
    Bounds,
    Count,
    NotNegative,
    Number,
    Part,
    Point,
    Points,
    Positive,
    Rows,
    Stay,
    Step,
    Text,
    Whole,
    Words,
)
from optviz.scenario.render import Render
from optviz.words import Language
from optviz.words import Words as WordsOfPicture

if TYPE_CHECKING:
    from optviz.problems import CustomFunction, GivenModule

Activation = Literal["relu", "tanh", "sigmoid"]
Data = Literal["sine_of_sum", "two_moons", "spirals"]
Loss = Literal["mse", "cross_entropy"]

MOST_STEPS = 1_000_000
MOST_RACERS = 24
MOST_SAMPLES = 100_000


def _any_case(suffix: str) -> str:
    return "".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in suffix.removeprefix("."))


Formula = Annotated[Text, WithJsonSchema({"type": "string", "pattern": r"\W|^\w$", "description": "a formula"})]
OutputPath = Annotated[
    fields.Path,
    AfterValidator(fields.from_home),
    WithJsonSchema({"type": "string", "pattern": rf"\.({'|'.join(map(_any_case, FORMATS))})$"}),
]


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
    module: SkipJsonSchema[Text | None] = Field(None, description="the name of the module that Python gave instead")

    _module: Any = PrivateAttr(None)

    @property
    def custom(self) -> "GivenModule | None":
        """The module itself, where Python gave one."""
        return cast("GivenModule | None", self._module)

    def with_module(self, module: "GivenModule | None") -> Self:
        """Return the same settings for a module that Python gave."""
        changed = self.model_copy()
        changed._module = module
        return changed

    @model_serializer
    def _as_written(self) -> dict[str, object]:
        if self.module is not None:
            return {"module": self.module, "batch": self.batch}
        return {key: getattr(self, key) for key in type(self).model_fields if key != "module"}

    @model_validator(mode="before")
    @classmethod
    def _fit_the_data(cls, value: object) -> object:
        if not isinstance(value, dict) or value.get("data") not in ("two_moons", "spirals"):
            return value
        return {"layers": (2, 16, 16, 1), "loss": "cross_entropy", **value}


class Noise(Part):
    """Noise on every gradient coordinate: normal, on every ``spike_every``-th step larger, or as drawn before."""

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
    relative_std: NotNegative = Field(
        0.0, description="standard deviation of a factor about 1 by which every gradient coordinate is multiplied first"
    )
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

    @property
    def settings(self) -> NoiseSettings:
        """The noise as a run draws it, once a file of draws was read."""
        return NoiseSettings(self.std, self.relative_std, self.spike_every, self.spike_std, self.draws)

    @model_serializer
    def _as_written(self) -> dict[str, object]:
        return self.settings.written


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


class StopSettings(Part):
    """When a racer ends before the last step."""

    inside: Stay = Field(
        description="after this number of steps within the finish in a row, at least 10: a shorter stay is no arrival",
    )


class FinishSettings(Part):
    """The finish line: within ``distance`` of a lowest minimum, or within ``gap`` of its value."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["distance"]}, {"required": ["gap"]}]})

    distance: Positive | None = Field(None, description="within this distance of a lowest minimum")
    gap: Number | None = Field(
        None, description="f no farther than this from the lowest minimum's; of recorded losses, the loss to reach"
    )

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
        beside = {**self.rule.gradient_written, "label": self.label, **looks}
        if library := self.rule.rule.library:
            if self.rule.name == library:
                return {library: {**self.rule.hyperparameters, **beside}}
            name = self.rule.name.removeprefix(f"{library}.")
            return {library: {name: self.rule.hyperparameters, **beside}}
        return {self.rule.name: {**self.rule.hyperparameters, **beside}}


@dataclass(frozen=True)
class Provenance:
    """Where a scenario comes from."""

    name: str = "scenario"  # the file's without its suffix: what the default output is called
    called: str = ""  # what messages call it, as its user did: the file, the name under which it ships
    text: str = ""  # YAML that gives the same race
    path: Path | None = None  # the file, if any
    named_outputs: frozenset[str] = frozenset()  # those that a flag or Python names, not the file
    draws: tuple[Path, ...] = ()  # the files that noise was read from
    outputs_at: Mapping[str, Issue] = field(default_factory=dict)  # where the file names each, a mistake yet to be said
    logs: tuple[Path, ...] = ()  # the files that recorded runs were read from
    recipe: str = ""  # a digest of all that decides how it is drawn


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
    noise: Noise | None = Field(
        None, description="noise on the gradients, the same draws for all racers; a racer may have its own instead"
    )
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
    language: Language = Field("en", description="of all words of a picture; data and messages stay English")
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

    def __init__(self, *_: object, **__: object) -> None:
        """Refuse to be called: what is given must be read, completed and checked first."""
        raise OptvizError(Issue("a scenario is made by optviz.build of its keys, or read by optviz.load"))

    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # so that validation does not call it

    def __repr__(self) -> str:
        """Return the title and the size, on a line; ``resolved`` has every key."""
        racers = ", ".join(racer.label for racer in self.optimizers)
        return f"<Scenario {self.title!r}: {racers}; {self.steps} steps>"

    @property
    def name(self) -> str:
        """The file's name without its suffix: what the default output is called."""
        return self._provenance.name

    @property
    def called(self) -> str:
        """What messages call the scenario, as its user did; nothing where flags or Python alone made it."""
        return self._provenance.called

    @property
    def source_text(self) -> str:
        """The YAML text that this scenario was read from, without output: no file tells where it was written."""
        return self._provenance.text

    @property
    def recipe(self) -> str:
        """A digest of all that decides how it is drawn, which its files hold; nothing until it is drawn."""
        return self._provenance.recipe

    @property
    def source(self) -> Path | None:
        """The file that this scenario was read from, if any."""
        return self._provenance.path

    @property
    def inputs(self) -> dict[str, Path]:
        """Every file that it was read from, by what that is called in a message."""
        own = self._provenance.path
        return {
            **({} if own is None else {f"the scenario {own}": own}),
            **{f"the noise {path}": path for path in self._provenance.draws},
            **{f"the recorded run {path}": path for path in self._provenance.logs},
        }

    @property
    def draws(self) -> tuple[Path, ...]:
        """The files that noise was read from."""
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
