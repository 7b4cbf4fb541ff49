"""Words for what became of racers: the sentence at the end of a film, and the outcomes in a description."""

from __future__ import annotations

# English: German, Spanish, French
OUTCOMES: dict[str, tuple[str, str, str]] = {
    "one": ("eins", "uno", "un"),
    "two": ("zwei", "dos", "deux"),
    "three": ("drei", "tres", "trois"),
    "four": ("vier", "cuatro", "quatre"),
    "five": ("fünf", "cinco", "cinq"),
    "six": ("sechs", "seis", "six"),
    "seven": ("sieben", "siete", "sept"),
    "eight": ("acht", "ocho", "huit"),
    "nine": ("neun", "nueve", "neuf"),
    "ten": ("zehn", "diez", "dix"),
    "eleven": ("elf", "once", "onze"),
    "twelve": ("zwölf", "doce", "douze"),
    "all": ("alle", "todos", "tous"),
    "both": ("beide", "ambos", "tous deux"),
    "{name} and {count} others": ("{name} und {count} weitere", "{name} y otros {count}", "{name} et {count} autres"),
    "{main}; {rest}.": ("{main}; {rest}.", "{main}; {rest}.", "{main} ; {rest}."),
    # who arrives
    "{names} arrive together, at step {step}": (
        "{names} kommen gemeinsam an, bei Schritt {step}",
        "{names} llegan a la vez, en el paso {step}",
        "{names} arrivent ensemble, à l'étape {step}",
    ),
    "Only {name} arrives, at step {step}": (
        "Nur {name} kommt an, bei Schritt {step}",
        "Solo {name} llega, en el paso {step}",
        "Seul {name} arrive, à l'étape {step}",
    ),
    "{name} arrives first, at step {step}, {ahead} step before the next": (
        "{name} kommt zuerst an, bei Schritt {step}, {ahead} Schritt vor dem nächsten",
        "{name} llega primero, en el paso {step}, {ahead} paso antes que el siguiente",
        "{name} arrive en premier, à l'étape {step}, {ahead} étape avant le suivant",
    ),
    "{name} arrives first, at step {step}, {ahead} steps before the next": (
        "{name} kommt zuerst an, bei Schritt {step}, {ahead} Schritte vor dem nächsten",
        "{name} llega primero, en el paso {step}, {ahead} pasos antes que el siguiente",
        "{name} arrive en premier, à l'étape {step}, {ahead} étapes avant le suivant",
    ),
    "all {count} do, by step {step}": (
        "alle {count} schaffen es, bis Schritt {step}",
        "los {count} lo logran, a más tardar en el paso {step}",
        "les {count} y parviennent, au plus tard à l'étape {step}",
    ),
    "{name} is there at step {step} but flies past": (
        "{name} ist bei Schritt {step} dort, fliegt aber vorbei",
        "{name} está allí en el paso {step}, pero pasa de largo",
        "{name} y est à l'étape {step}, mais passe tout droit",
    ),
    # what happens on the way
    "{name} arrives first, and stays": (
        "{name} kommt zuerst an und bleibt",
        "{name} llega primero y se queda",
        "{name} arrive en premier et y reste",
    ),
    "{name} overshoots: it leaves the finish again": (
        "{name} schießt über das Ziel hinaus",
        "{name} se pasa: vuelve a salir de la meta",
        "{name} dépasse l'arrivée et en ressort",
    ),
    "{name} gets away from where f hardly fell": (
        "{name} kommt von dort weg, wo f kaum fiel",
        "{name} sale de donde f apenas bajaba",
        "{name} quitte l'endroit où f ne baissait guère",
    ),
    "{name} takes the lead from {other}": (
        "{name} übernimmt die Führung von {other}",
        "{name} le quita la cabeza a {other}",
        "{name} prend la tête devant {other}",
    ),
    "Step {step}: {what}.": ("Schritt {step}: {what}.", "Paso {step}: {what}.", "Étape {step} : {what}."),
    # who is best where nobody does
    "Nobody arrives: {best}": ("Keiner kommt an: {best}", "Nadie llega: {best}", "Personne n'arrive : {best}"),
    "{names} end level, at {measure} = {value}": (
        "{names} enden gleichauf, mit {measure} = {value}",
        "{names} terminan igualados, con {measure} = {value}",
        "{names} finissent à égalité, avec {measure} = {value}",
    ),
    "{name} ends with the lowest {measure}, {value}": (
        "{name} endet am tiefsten, mit {measure} = {value}",
        "{name} termina más abajo, con {measure} = {value}",
        "{name} finit le plus bas, avec {measure} = {value}",
    ),
    # what became of the others
    "{who} stops at a local minimum": (
        "{who} bleibt in einem lokalen Minimum stehen",
        "{who} se detiene en un mínimo local",
        "{who} s'arrête dans un minimum local",
    ),
    "{who} stop at a local minimum": (
        "{who} bleiben in einem lokalen Minimum stehen",
        "{who} se detienen en un mínimo local",
        "{who} s'arrêtent dans un minimum local",
    ),
    "{who} stops at a saddle": (
        "{who} bleibt auf einem Sattel stehen",
        "{who} se detiene en un punto de silla",
        "{who} s'arrête sur un point selle",
    ),
    "{who} stop at a saddle": (
        "{who} bleiben auf einem Sattel stehen",
        "{who} se detienen en un punto de silla",
        "{who} s'arrêtent sur un point selle",
    ),
    "{who} stops on a plateau": (
        "{who} bleibt auf einem Plateau stehen",
        "{who} se detiene en una meseta",
        "{who} s'arrête sur un plateau",
    ),
    "{who} stop on a plateau": (
        "{who} bleiben auf einem Plateau stehen",
        "{who} se detienen en una meseta",
        "{who} s'arrêtent sur un plateau",
    ),
    "{who} stops at an edge": (
        "{who} bleibt an einem Rand stehen",
        "{who} se detiene en un borde",
        "{who} s'arrête à un bord",
    ),
    "{who} stop at an edge": (
        "{who} bleiben an einem Rand stehen",
        "{who} se detienen en un borde",
        "{who} s'arrêtent à un bord",
    ),
    "{who} stops short of the finish": (
        "{who} bleibt kurz vor dem Ziel stehen",
        "{who} se detiene poco antes de la meta",
        "{who} s'arrête peu avant l'arrivée",
    ),
    "{who} stop short of the finish": (
        "{who} bleiben kurz vor dem Ziel stehen",
        "{who} se detienen poco antes de la meta",
        "{who} s'arrêtent peu avant l'arrivée",
    ),
    "{who} still moves": ("{who} ist noch unterwegs", "{who} sigue en movimiento", "{who} bouge encore"),
    "{who} still move": ("{who} sind noch unterwegs", "{who} siguen en movimiento", "{who} bougent encore"),
    "{who} diverges": ("{who} divergiert", "{who} diverge", "{who} diverge"),
    "{who} diverge": ("{who} divergieren", "{who} divergen", "{who} divergent"),
    "All {count} diverge": ("Alle {count} divergieren", "Los {count} divergen", "Les {count} divergent"),
    "Both diverge": ("Beide divergieren", "Ambos divergen", "Tous deux divergent"),
    "{name} lasts longest, to step {step}": (
        "{name} hält am längsten durch, bis Schritt {step}",
        "{name} aguanta más, hasta el paso {step}",
        "{name} tient le plus longtemps, jusqu'à l'étape {step}",
    ),
    # one racer alone
    "{name} diverges: step {step} leaves the finite numbers.": (
        "{name} divergiert: Schritt {step} verlässt die endlichen Zahlen.",
        "{name} diverge: el paso {step} sale de los números finitos.",
        "{name} diverge : l'étape {step} quitte les nombres finis.",
    ),
    "{name} stays within the finish from step {step} on.": (
        "{name} bleibt ab Schritt {step} im Ziel.",
        "{name} permanece en la meta desde el paso {step}.",
        "{name} reste dans l'arrivée dès l'étape {step}.",
    ),
    "{name} stays within the finish from the start on.": (
        "{name} bleibt von Anfang an im Ziel.",
        "{name} permanece en la meta desde el inicio.",
        "{name} reste dans l'arrivée dès le départ.",
    ),
    "{name} is within the finish at step {first}, leaves it, and stays from step {step} on.": (
        "{name} ist bei Schritt {first} im Ziel, verlässt es und bleibt ab Schritt {step} darin.",
        "{name} está en la meta en el paso {first}, sale de ella y permanece desde el paso {step}.",
        "{name} est dans l'arrivée à l'étape {first}, en sort, puis y reste dès l'étape {step}.",
    ),
    "{name} is within the finish since step {step}, too late to say that it stays.": (
        "{name} ist seit Schritt {step} im Ziel, zu spät, um zu sagen, dass es dort bleibt.",
        "{name} está en la meta desde el paso {step}, demasiado tarde para decir que permanece.",
        "{name} est dans l'arrivée depuis l'étape {step}, trop tard pour dire qu'il y reste.",
    ),
    "{name} is still moving after {count} step": (
        "{name} ist nach {count} Schritt noch unterwegs",
        "{name} sigue en movimiento después de {count} paso",
        "{name} bouge encore après {count} étape",
    ),
    "{name} is still moving after {count} steps": (
        "{name} ist nach {count} Schritten noch unterwegs",
        "{name} sigue en movimiento después de {count} pasos",
        "{name} bouge encore après {count} étapes",
    ),
    "it was within the finish at step {step}, but left it": (
        "bei Schritt {step} war es im Ziel, verließ es aber wieder",
        "en el paso {step} estaba en la meta, pero salió de ella",
        "il était dans l'arrivée à l'étape {step}, mais en est sorti",
    ),
    # swarms
    "In the median nobody arrives; {name} does in {some} of {all} runs.": (
        "Im Median kommt keiner an; {name} in {some} von {all} Läufen.",
        "En la mediana nadie llega; {name} llega en {some} de {all} ejecuciones.",
        "En médiane, personne n'arrive ; {name} arrive dans {some} essais sur {all}.",
    ),
    "{name} arrives first in the median, at step {step}, in {some} of {all} runs": (
        "{name} kommt im Median zuerst an, bei Schritt {step}, in {some} von {all} Läufen",
        "{name} llega primero en la mediana, en el paso {step}, en {some} de {all} ejecuciones",
        "{name} arrive en premier en médiane, à l'étape {step}, dans {some} essais sur {all}",
    ),
    "then {name}, at {step}, too near to tell from luck": (
        "dann {name}, bei {step}, zu nahe, um es von Glück zu unterscheiden",
        "después {name}, en {step}, demasiado cerca para distinguirlo del azar",
        "puis {name}, à {step}, trop près pour exclure le hasard",
    ),
    "then {name}, at {step}, and the intervals do not meet": (
        "dann {name}, bei {step}, und die Intervalle berühren sich nicht",
        "después {name}, en {step}, y los intervalos no se tocan",
        "puis {name}, à {step}, et les intervalles ne se touchent pas",
    ),
}
