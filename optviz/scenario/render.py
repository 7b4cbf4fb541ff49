"""How a race is drawn: the keys under ``render``, their kinds, bounds, defaults and meanings."""

# no "from __future__ import annotations": pydantic would compile every annotation's text at each start

from typing import Annotated, Literal, Self, get_args

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    SerializationInfo,
    TypeAdapter,
    model_serializer,
    model_validator,
)

from optviz.errors import did_you_mean
from optviz.scenario import fields
from optviz.scenario.fields import (
    Count,
    Drawable,
    GridSide,
    Interval,
    Loop,
    Number,
    Part,
    Positive,
    Size,
    Step,
    Switch,
    TextFactor,
    Trail,
    Words,
)
from optviz.scenario.messages import said

PaceName = Literal["linear", "log", "arc", "story"]
ViewName = Literal["auto", "curve", "map", "surface", "time", "effective_lr", "grid", "network", "landscape", "losses"]
Aspect = Literal["equal", "fill"]
Levels = Literal["auto", "linear", "log", "rank"]
PanelName = Literal["loss", "distance", "gradient", "effective_lr", "state", "regret", "ranking", "rates", "step"]
ThemeName = Literal["light", "dark", "paper"]
PlaneName = Literal["paths", "random"]

MOST_FRAMES = 1_000_000
LONGEST_HOLD_S = 600
SLOWEST, FASTEST = 0.01, 100.0  # speeds of a stretch of the film


class CameraSettings(Part):
    """Where a surface is seen from, in degrees; ``turn`` is how far it turns over the animation."""

    azimuth: Number | None = Field(
        None, description="degrees around the vertical axis; else from where most of the trails are seen"
    )
    elevation: Number | None = Field(
        None, ge=5, le=90, description="degrees above the plane; else from where the trails' ends are seen"
    )
    turn: Number = Field(0.0, description="degrees it turns over the animation")


class LandscapeSettings(Part):
    """The plane through the weights of networks on which ``view: landscape`` shows the loss."""

    plane: PlaneName = Field(
        "paths",
        description="through the paths of all racers, along which they spread most; or at random around the first "
        "place's last weights, each filter as long as theirs",
    )
    grid: GridSide = Field(101, description="places a side at which the loss is computed")


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
    PlainSerializer(lambda themes: themes if isinstance(themes, str) else list(themes), when_used="json"),
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
    landscape: LandscapeSettings | None = Field(
        None, description="the plane on which view: landscape shows a network's loss"
    )
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
