"""What a scenario says, under the names the scenario file uses.

The models check each key by itself; what several keys must agree on is in checks.py, and loading.py fills in
the defaults that depend on other keys. A Scenario made by ``load`` or ``loads`` is complete: ``title``,
``start`` and everything in ``render`` hold what will be used.
"""

# no "from __future__ import annotations": pydantic would compile every annotation's text anew at each start

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, cast, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    model_serializer,
    model_validator,
)

from optviz.optimizers import OPTIMIZERS
from optviz.problems.finish import Finish
from optviz.scenario import fields
from optviz.scenario.fields import (
    Batch,
    Box,
    Loop,
    NotNegative,
    Number,
    Point,
    Points,
    Positive,
    Size,
    Step,
    Text,
    Trail,
    Whole,
)

if TYPE_CHECKING:
    from optviz.optimizers import Rule
    from optviz.problems.custom import OwnFunction

Pace = Literal["linear", "log", "arc"]
View = Literal["auto", "curve", "map", "surface", "time", "network"]
Levels = Literal["auto", "linear", "log", "rank"]
Panel = Literal["loss", "distance", "gradient", "effective_lr", "state", "regret", "ranking", "rates"]
Theme = Literal["light", "dark", "paper"]
Activation = Literal["relu", "tanh", "sigmoid"]
Data = Literal["sine_of_sum", "two_moons", "spirals"]
Loss = Literal["mse", "cross_entropy"]

MOST_STEPS = 1_000_000
MOST_FRAMES = 1_000_000
MOST_RACERS = 24
MOST_SAMPLES = 100_000
LONGEST_HOLD = 600  # seconds


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, ser_json_inf_nan="constants")


class Function(_Part):
    """What is minimised: a catalogue function (``name``), or a formula with what is known about it."""

    name: Text | None = None
    formula: Text | None = None
    constants: dict[str, Number] = {}
    window: Box | None = None
    domain: Box | None = None
    minima: Points | None = None

    _own: Any = PrivateAttr(None)

    @property
    def own(self) -> "OwnFunction | None":
        """The function itself, where Python gave one."""
        return cast("OwnFunction | None", self._own)

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _name_or_formula(self) -> Self:
        if (self.name is None) == (self.formula is None):
            raise ValueError("needs either a name or a formula", "such as formula: x**2 + y**2")
        if self.name is not None and (self.constants or self.minima is not None):
            raise ValueError("constants and minima belong to a formula; a catalogue function has its own")
        return self

    @model_serializer
    def _as_written(self) -> str | dict[str, object]:
        if self.name is None:
            return {key: getattr(self, key) for key in type(self).model_fields if key != "name"}
        if self.window is None and self.domain is None:
            return self.name
        return {"name": self.name, "window": self.window, "domain": self.domain}


class Network(_Part):
    """A small neural network to train. The defaults given here are those for ``sine_of_sum``."""

    layers: tuple[Annotated[Whole, AfterValidator(fields.at_least(1))], ...] = (10, 32, 1)
    activation: Annotated[Activation, BeforeValidator(fields.one_of("activation", get_args(Activation)))] = "relu"
    data: Annotated[Data, BeforeValidator(fields.one_of("data", get_args(Data)))] = "sine_of_sum"
    samples: Annotated[Whole, AfterValidator(fields.between(1, MOST_SAMPLES))] = 200
    noise: NotNegative = 0.1
    loss: Annotated[Loss, BeforeValidator(fields.one_of("loss", get_args(Loss)))] = "mse"
    batch: Batch = "full"

    @model_validator(mode="before")
    @classmethod
    def _fit_the_data(cls, value: object) -> object:
        if not isinstance(value, dict) or value.get("data") not in ("two_moons", "spirals"):
            return value
        return {"layers": (2, 16, 16, 1), "loss": "cross_entropy", **value}


class Noise(_Part):
    """Normal noise added to every gradient coordinate; every ``spike_every``-th step uses ``spike_std``."""

    std: NotNegative = 0.0
    spike_every: Annotated[Whole, AfterValidator(fields.at_least(1))] | None = None
    spike_std: NotNegative | None = None

    @model_validator(mode="after")
    def _spikes_whole(self) -> Self:
        if (self.spike_every is None) != (self.spike_std is None):
            raise ValueError("spike_every and spike_std need each other", "such as {spike_every: 7, spike_std: 5}")
        return self


class FinishSettings(_Part):
    """The finish line: within ``distance`` of a minimum, or within ``gap`` above its value."""

    distance: Positive | None = None
    gap: Positive | None = None

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


class RacerSpec(_Part):
    """One racer: its name on the picture, its rule, and the hyperparameters it races with."""

    label: str
    optimizer: str
    hyperparameters: dict[str, Any]

    _own: Any = PrivateAttr(None)

    @property
    def rule(self) -> "Rule":
        """The rule of that name, or the one that Python gave."""
        return cast("Rule", self._own) or OPTIMIZERS[self.optimizer]

    @model_serializer
    def _as_written(self) -> dict[str, dict[str, Any]]:
        return {self.optimizer: {**self.hyperparameters, "label": self.label}}


class Camera(_Part):
    """Where a surface is seen from, in degrees; ``turn`` is how far it turns over the animation."""

    azimuth: Number | None = None  # from where most of the trails is seen
    elevation: Annotated[Number, AfterValidator(fields.between(5, 90))] = 40.0
    turn: Number = 0.0


class Caption(_Part):
    """Text shown from step ``at`` on."""

    at: Step
    text: Text


class Pause(_Part):
    """The film stands still at step ``at`` for ``seconds``."""

    at: Step
    seconds: Annotated[Positive, AfterValidator(fields.between(0, LONGEST_HOLD))]
    text: Annotated[str, BeforeValidator(fields.text_or_nothing)] = ""


class Render(_Part):
    """How it is drawn."""

    size: Size = fields.SIZES["720p"]  # width, height in pixels
    fps: Annotated[Whole, AfterValidator(fields.between(1, 60))] = 25
    frames: Annotated[Whole, AfterValidator(fields.between(1, MOST_FRAMES))] = 0  # 0 until steps are known
    pace: Annotated[Pace, BeforeValidator(fields.one_of("pace", get_args(Pace)))] = "linear"
    hold: Annotated[Number, AfterValidator(fields.between(0, LONGEST_HOLD))] = 2.0  # seconds
    loop: Loop = True
    view: Annotated[View, BeforeValidator(fields.one_of("view", get_args(View)))] = "auto"
    levels: Annotated[Levels, BeforeValidator(fields.one_of("scale", get_args(Levels)))] = "auto"  # of the land
    panels: Annotated[
        tuple[Annotated[Panel, BeforeValidator(fields.one_of("panel", get_args(Panel)))], ...],
        BeforeValidator(fields.names),
    ] = ("loss", "ranking")
    theme: Annotated[Theme, BeforeValidator(fields.one_of("theme", get_args(Theme)))] = "light"
    trail: Trail = "full"
    camera: Camera | None = None
    captions: Annotated[tuple[Caption, ...], BeforeValidator(lambda value: value or ())] = ()
    pauses: Annotated[tuple[Pause, ...], BeforeValidator(lambda value: value or ())] = ()

    @property
    def plays(self) -> int:
        """How often the animation plays: 0 for ever, else a count."""
        return int(not self.loop) if isinstance(self.loop, bool) else self.loop


class Scenario(_Part):
    """One race: what is minimised, from where, by whom, and how it is drawn."""

    title: Text = ""
    function: Function | None = None
    network: Network | None = None
    start: Point | None = None
    steps: Annotated[Whole, AfterValidator(fields.between(1, MOST_STEPS))] = 300
    seed: Whole = 0
    noise: Noise | None = None
    common: dict[str, Any] = {}
    optimizers: tuple[RacerSpec, ...]
    finish: FinishSettings | None = None
    render: Annotated[Render, BeforeValidator(fields.left_out)] = Field(default_factory=Render.model_construct)
    output: Annotated[tuple[Text, ...], BeforeValidator(fields.names)] = ()

    _name: str = PrivateAttr("scenario")
    _source_text: str = PrivateAttr("")
    _source: Path | None = PrivateAttr(None)
    _named: frozenset[str] = PrivateAttr(frozenset())

    @property
    def name(self) -> str:
        """The file's name without its suffix: what the default output is called."""
        return self._name

    @property
    def source_text(self) -> str:
        """The YAML text that this scenario was read from."""
        return self._source_text

    @property
    def source(self) -> Path | None:
        """The file that this scenario was read from, if any."""
        return self._source

    @property
    def named(self) -> frozenset[str]:
        """The outputs that a flag or Python names, not the file."""
        return self._named

    def resolved(self) -> dict[str, Any]:
        """Every key with every default filled in, of plain lists, mappings, numbers and texts.

        Written as YAML and loaded again it gives the same race.
        """
        return self.model_dump(mode="json")
