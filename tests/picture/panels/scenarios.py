"""Small races with panels."""

BEALE = """
function: beale
start: [0.7, 1.4]
steps: 60
optimizers: [adam: {lr: 0.1}, amsgrad: {lr: 0.1}, lion: {lr: 0.01}, sgd: {lr: 0.3}, momentum: {lr: 0.002}]
render: {size: 640x360, frames: 30, panels: [%s]}
"""
ONLINE = """
function: {formula: "where(t % 3 == 1, 3*x, -x)", domain: [[-1, 1]]}
start: 0
steps: 60
optimizers: [adam: {beta1: 0, beta2: 0.1, lr: 0.1/sqrt(t)}, amsgrad: {beta1: 0, beta2: 0.1, lr: 0.1/sqrt(t)}]
render: {size: 640x360, frames: 30, panels: [regret, ranking, rates]}
"""
