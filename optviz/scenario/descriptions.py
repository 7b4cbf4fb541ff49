"""What each key of a scenario means, in one line: for the editor's schema and for ``optviz help scenario``.

A key without its line here fails the tests.
"""

from __future__ import annotations

MEANINGS: dict[str, dict[str, str]] = {
    "Scenario": {
        "title": "text on the picture and in the file's metadata; made from the function and the racers",
        "function": "what is minimised: a catalogue name (optviz list functions) or a mapping",
        "network": "a small neural network to train, instead of a function",
        "start": "where all racers start: a number in 1-D, [x, y] in 2-D; a catalogue function has its own",
        "steps": "how many updates each racer makes",
        "seed": "the only source of randomness: same seed, same file, byte for byte",
        "noise": "noise on the gradients, the same draws for all racers",
        "common": "hyperparameters for every racer whose rule has them; a racer's own come first",
        "optimizers": "the racers: a name, or a name with hyperparameters and a label; a rule may race several times",
        "finish": "when a racer has arrived; within 1 % of the window's diagonal of a minimum",
        "render": "how it is drawn",
        "output": "one path or a list; the suffix picks the format; outputs/<name of the file>.gif",
    },
    "Function": {
        "name": "a catalogue function, where its window or domain is to be changed",
        "formula": "an expression in x, or in x and y (optviz help formulas)",
        "constants": "named numbers that the formula and schedules may use",
        "window": "what is drawn: [[x0, x1]] or [[x0, x1], [y0, y1]]; found from the paths",
        "domain": "a box into which every racer is projected back after each step",
        "minima": "known minima; else they are searched for inside the window",
    },
    "Network": {
        "layers": "numbers of neurons, the inputs first",
        "activation": "between the layers",
        "data": "what is to be learnt",
        "samples": "how many",
        "noise": "standard deviation of the noise in the targets or positions",
        "loss": "mean squared error, or cross entropy for two classes",
        "batch": "samples in a step: full, or a number",
    },
    "Noise": {
        "std": "standard deviation of the normal noise on every gradient coordinate",
        "spike_every": "every so many steps the larger deviation is used",
        "spike_std": "that larger deviation",
    },
    "FinishSettings": {
        "distance": "within this distance of a minimum",
        "gap": "f within this of the lowest minimum's",
    },
    "Render": {
        "size": "in pixels, both sides even: 1280x720, [1280, 720] or a name",
        "fps": "frames a second",
        "frames": "frames of motion, whatever the steps; min(steps, 240)",
        "pace": "how steps are spread over the frames: evenly, early steps slower, or equal ways on the picture",
        "hold": "seconds that the last frame stays",
        "loop": "whether it plays again, or how many times",
        "view": "the large picture; auto: what fits the function",
        "levels": "how the land's heights are spread over its colours; auto: what shows the valley",
        "panels": "what is drawn beside the view, in this order",
        "theme": "colours",
        "trail": "how much of each path stays visible: full, none or a number of steps",
        "camera": "where a surface is seen from",
        "captions": "texts that appear at a step",
        "pauses": "steps at which the film stands still",
    },
    "Camera": {
        "azimuth": "degrees around the vertical axis; else from where most of the trails are seen",
        "elevation": "degrees above the plane",
        "turn": "degrees it turns over the animation",
    },
    "Caption": {
        "at": "the step",
        "text": "what it says from then on",
    },
    "Pause": {
        "at": "the step",
        "seconds": "how long",
        "text": "what is said meanwhile",
    },
}
