"""Words around a picture: its small print, and the description for readers who cannot see it."""

from __future__ import annotations

# English: German, Spanish, French
TERMS: dict[str, tuple[str, str, str]] = {
    "recorded in {files}": ("aufgezeichnet in {files}", "registrado en {files}", "enregistré dans {files}"),
    "the same {count} starts": ("dieselben {count} Starts", "los mismos {count} inicios", "les mêmes {count} départs"),
    "the same {count} random starts (seed {seed})": (
        "dieselben {count} zufälligen Starts (Seed {seed})",
        "los mismos {count} inicios aleatorios (semilla {seed})",
        "les mêmes {count} départs aléatoires (graine {seed})",
    ),
    "the same {count} starts on a grid": (
        "dieselben {count} Starts auf einem Gitter",
        "los mismos {count} inicios en una cuadrícula",
        "les mêmes {count} départs sur une grille",
    ),
    "{count} times with new noise": (
        "{count}-mal mit neuem Rauschen",
        "{count} veces con nuevo ruido",
        "{count} fois avec un nouveau bruit",
    ),
    "trails: their medians": ("Spuren: ihre Mediane", "trazas: sus medianas", "traces : leurs médianes"),
    "initial weights": ("Anfangsgewichte", "pesos iniciales", "poids initiaux"),
    "same initial weights": ("gleiche Anfangsgewichte", "mismos pesos iniciales", "mêmes poids initiaux"),
    "start ({place})": ("Start ({place})", "inicio ({place})", "départ ({place})"),
    "same start ({place})": ("gleicher Start ({place})", "mismo inicio ({place})", "même départ ({place})"),
    "{count} steps each": ("je {count} Schritte", "{count} pasos cada uno", "{count} étapes chacun"),
    "{count} gradients": ("{count} Gradienten", "{count} gradientes", "{count} gradients"),
    "{count} gradients each": ("je {count} Gradienten", "{count} gradientes cada uno", "{count} gradients chacun"),
    "a bead every {count} steps": (
        "alle {count} Schritte eine Perle",
        "una cuenta cada {count} pasos",
        "une perle toutes les {count} étapes",
    ),
    "a bead a step": ("je Schritt eine Perle", "una cuenta por paso", "une perle par étape"),
    "learning rate {rate}": ("Lernrate {rate}", "tasa de aprendizaje {rate}", "taux d'apprentissage {rate}"),
    "learning rates as listed": (
        "Lernraten wie aufgeführt",
        "tasas de aprendizaje según la lista",
        "taux d'apprentissage selon la liste",
    ),
    "gradient clipped to norm": (
        "Gradient begrenzt auf Norm",
        "gradiente recortado a la norma",
        "gradient écrêté à la norme",
    ),
    "gradient clipped to ±": ("Gradient begrenzt auf ±", "gradiente recortado a ±", "gradient écrêté à ±"),
    "yes": ("ja", "sí", "oui"),
    "no": ("nein", "no", "non"),
    "none": ("keine", "ninguno", "aucun"),
    "tuned: {what}, {runs} each, by {measure}": (
        "abgestimmt: {what}, je {runs}, nach {measure}",
        "ajustado: {what}, {runs} cada uno, por {measure}",
        "réglé : {what}, {runs} chacun, selon {measure}",
    ),
    "{name} over {low} to {high}": (
        "{name} von {low} bis {high}",
        "{name} de {low} a {high}",
        "{name} de {low} à {high}",
    ),
    "{count} at the edge": ("{count} am Rand", "{count} en el borde", "{count} au bord"),
    "{count} trials": ("{count} Versuche", "{count} pruebas", "{count} essais"),
    "{count} trials of {runs} runs": (
        "{count} Versuche mit {runs} Läufen",
        "{count} pruebas de {runs} ejecuciones",
        "{count} essais de {runs} exécutions",
    ),
    "median {measure}": ("Median: {measure}", "mediana: {measure}", "médiane : {measure}"),
    "steps to arrive": ("Schritte bis zum Ziel", "pasos hasta la meta", "étapes jusqu'à l'arrivée"),
    "gradient noise as given": (
        "Rauschen des Gradienten wie gegeben",
        "ruido del gradiente como se dio",
        "bruit du gradient tel que donné",
    ),
    "gradient noise of standard deviation {std}": (
        "Rauschen des Gradienten mit Standardabweichung {std}",
        "ruido del gradiente con desviación típica {std}",
        "bruit du gradient d'écart type {std}",
    ),
    "gradient noise in proportion, {std}": (
        "Rauschen des Gradienten im Verhältnis, {std}",
        "ruido del gradiente en proporción, {std}",
        "bruit du gradient en proportion, {std}",
    ),
    "no gradient noise": ("kein Rauschen des Gradienten", "sin ruido del gradiente", "sans bruit du gradient"),
    "{std} every {count} steps": (
        "{std} alle {count} Schritte",
        "{std} cada {count} pasos",
        "{std} toutes les {count} étapes",
    ),
    "batches of {count}": ("Batches von {count}", "lotes de {count}", "lots de {count}"),
    "plane of the paths' two principal components": (
        "Ebene der zwei Hauptkomponenten der Bahnen",
        "plano de las dos componentes principales de los caminos",
        "plan des deux composantes principales des trajectoires",
    ),
    "plane of two random directions, filter-normalised": (
        "Ebene zweier zufälliger, filternormierter Richtungen",
        "plano de dos direcciones aleatorias, normalizadas por filtros",
        "plan de deux directions aléatoires, normalisées par filtres",
    ),
    "without {names}": ("ohne {names}", "sin {names}", "sans {names}"),
    "by {used} of {count} iterates": (
        "nach {used} von {count} Iterierten",
        "por {used} de {count} iterados",
        "d'après {used} des {count} itérés",
    ),
    "loss at {count} × {count} places": (
        "Verlust an {count} × {count} Stellen",
        "pérdida en {count} × {count} lugares",
        "perte en {count} × {count} points",
    ),
    "seed {seed}": ("Seed {seed}", "semilla {seed}", "graine {seed}"),
    "clipped to {box}": ("begrenzt auf {box}", "limitado a {box}", "limité à {box}"),
    "finish: within {distance} of the minimum": (
        "Ziel: höchstens {distance} vom Minimum",
        "meta: a menos de {distance} del mínimo",
        "arrivée : à moins de {distance} du minimum",
    ),
    "finish: within {distance} of a lowest minimum": (
        "Ziel: höchstens {distance} von einem tiefsten Minimum",
        "meta: a menos de {distance} de un mínimo más bajo",
        "arrivée : à moins de {distance} d'un minimum le plus bas",
    ),
    "each ends after {count} steps inside": (
        "jeder endet nach {count} Schritten im Ziel",
        "cada uno acaba tras {count} pasos en la meta",
        "chacun s'arrête après {count} étapes dans l'arrivée",
    ),
    "finish: a loss of {gap}": (
        "Ziel: ein Verlust von {gap}",
        "meta: una pérdida de {gap}",
        "arrivée : une perte de {gap}",
    ),
    "finish: f within {gap} of the minimum": (
        "Ziel: f höchstens {gap} über dem Minimum",
        "meta: f a menos de {gap} del mínimo",
        "arrivée : f à moins de {gap} du minimum",
    ),
}

ALT_TEXT: dict[str, tuple[str, str, str]] = {
    "A contour map of the loss on a plane through the networks' weights, light where it is low, with all paths": (
        "Eine Höhenkarte des Verlusts auf einer Ebene durch die Gewichte der Netze, hell in den Tiefen, mit Bahnen",
        "Un mapa de niveles de la pérdida en un plano por los pesos de las redes, claro donde es baja, con los caminos",
        "Une carte de niveaux de la perte sur un plan par les poids des réseaux, claire en bas, avec les trajets",
    ),
    "The curve of f over x, with a point for each optimizer that slides along it": (
        "Die Kurve von f über x, mit einem Punkt für jedes Verfahren, der auf ihr gleitet",
        "La curva de f sobre x, con un punto por optimizador que se desliza por ella",
        "La courbe de f selon x, avec un point par optimiseur qui glisse sur elle",
    ),
    "A small contour map of f for each optimizer, light where it is low, with its coloured trail and marker": (
        "Je Verfahren eine kleine Höhenkarte von f, hell in den Tiefen, mit seiner farbigen Spur und seinem Zeichen",
        "Un pequeño mapa de niveles de f por optimizador, claro donde es bajo, con su traza de color y su marca",
        "Une petite carte de niveaux de f par optimiseur, claire où elle est basse, avec sa trace colorée et sa marque",
    ),
    "A contour map of f, light where it is low, with a coloured trail and a marker for each optimizer": (
        "Eine Höhenkarte von f, hell in den Tiefen, mit einer farbigen Spur und einem Zeichen für jedes Verfahren",
        "Un mapa de niveles de f, claro donde es bajo, con una traza de color y una marca por optimizador",
        "Une carte de niveaux de f, claire là où elle est basse, avec une trace colorée et une marque par optimiseur",
    ),
    "The surface of f in three dimensions, with a coloured trail for each optimizer lying on it": (
        "Die Fläche von f in drei Dimensionen, auf der für jedes Verfahren eine farbige Spur liegt",
        "La superficie de f en tres dimensiones, con una traza de color por optimizador sobre ella",
        "La surface de f en trois dimensions, avec une trace colorée par optimiseur posée sur elle",
    ),
    "The effective learning rate against the step, one coloured line for each optimizer": (
        "Die effektive Lernrate über die Schritte, eine farbige Linie für jedes Verfahren",
        "La tasa de aprendizaje efectiva según el paso, una línea de color por optimizador",
        "Le taux d'apprentissage effectif selon l'étape, une ligne colorée par optimiseur",
    ),
    "The iterates against the step, one coloured line for each optimizer": (
        "Die Iterierten über dem Schritt, eine farbige Linie für jedes Verfahren",
        "Las iteradas frente al paso, una línea de color por optimizador",
        "Les itérés selon l'étape, une ligne colorée par optimiseur",
    ),
    "The loss against the step, one coloured line for each optimizer": (
        "Der Verlust über dem Schritt, eine farbige Linie für jedes Verfahren",
        "La pérdida frente al paso, una línea de color por optimizador",
        "La perte selon l'étape, une ligne colorée par optimiseur",
    ),
    "The samples of each class, and how each optimizer's network divides the plane between them": (
        "Die Daten jeder Klasse, und wie das Netz jedes Verfahrens die Ebene zwischen ihnen aufteilt",
        "Las muestras de cada clase y cómo la red de cada optimizador divide el plano entre ellas",
        "Les exemples de chaque classe, et la façon dont le réseau de chaque optimiseur partage le plan entre elles",
    ),
    "{who} takes {steps} steps on {problem}.": (
        "{who} macht {steps} Schritte auf {problem}.",
        "{who} da {steps} pasos en {problem}.",
        "{who} fait {steps} étapes sur {problem}.",
    ),
    "{who} takes {steps} steps on {problem} from {starts}.": (
        "{who} macht {steps} Schritte auf {problem}, von {starts} aus.",
        "{who} da {steps} pasos en {problem} desde {starts}.",
        "{who} fait {steps} étapes sur {problem} depuis {starts}.",
    ),
    "{who} takes {steps} steps on {problem} from each of {starts}.": (
        "{who} macht je {steps} Schritte auf {problem}, von hier aus: {starts}.",
        "{who} da {steps} pasos en {problem} desde cada uno de estos: {starts}.",
        "{who} fait {steps} étapes sur {problem} depuis chacun de ceux-ci : {starts}.",
    ),
    "{count} optimizers take {steps} steps on {problem}.": (
        "{count} Verfahren machen je {steps} Schritte auf {problem}.",
        "{count} optimizadores dan {steps} pasos en {problem}.",
        "{count} optimiseurs font {steps} étapes sur {problem}.",
    ),
    "{count} optimizers take {steps} steps on {problem} from {starts}.": (
        "{count} Verfahren machen je {steps} Schritte auf {problem}, von {starts} aus.",
        "{count} optimizadores dan {steps} pasos en {problem} desde {starts}.",
        "{count} optimiseurs font {steps} étapes sur {problem} depuis {starts}.",
    ),
    "{count} optimizers take {steps} steps on {problem} from each of {starts}.": (
        "{count} Verfahren machen je {steps} Schritte auf {problem}, von hier aus: {starts}.",
        "{count} optimizadores dan {steps} pasos en {problem} desde cada uno de estos: {starts}.",
        "{count} optimiseurs font {steps} étapes sur {problem} depuis chacun de ceux-ci : {starts}.",
    ),
    "Terms: {terms}.": ("Bedingungen: {terms}.", "Condiciones: {terms}.", "Conditions : {terms}."),
    "{names} arrives first, at step {step}.": (
        "{names} kommt zuerst an, bei Schritt {step}.",
        "{names} llega primero, en el paso {step}.",
        "{names} arrive en premier, à l'étape {step}.",
    ),
    "{names} arrive together, at step {step}.": (
        "{names} kommen gemeinsam an, bei Schritt {step}.",
        "{names} llegan a la vez, en el paso {step}.",
        "{names} arrivent ensemble, à l'étape {step}.",
    ),
    "Then comes {names}.": ("Dann kommt {names}.", "Después llega {names}.", "Ensuite vient {names}."),
    "Then come {names}.": ("Dann kommen {names}.", "Después llegan {names}.", "Ensuite viennent {names}."),
    "entered at {step}": ("drin bei {step}", "dentro en {step}", "dedans à {step}"),
    "at step {step}": ("bei Schritt {step}", "en el paso {step}", "à l'étape {step}"),
    "{names} is still moving at the end.": (
        "{names} ist am Ende noch unterwegs.",
        "{names} sigue en movimiento al final.",
        "{names} bouge encore à la fin.",
    ),
    "{names} are still moving at the end.": (
        "{names} sind am Ende noch unterwegs.",
        "{names} siguen en movimiento al final.",
        "{names} bougent encore à la fin.",
    ),
    "The recorded loss against the step, one coloured line for each run": (
        "Der aufgezeichnete Verlust über den Schritten, eine farbige Linie je Lauf",
        "La pérdida registrada por paso, una línea de color por ejecución",
        "La perte enregistrée selon l'étape, une ligne de couleur par course",
    ),
    "{count} recorded runs of up to {steps} steps.": (
        "{count} aufgezeichnete Läufe von bis zu {steps} Schritten.",
        "{count} ejecuciones registradas de hasta {steps} pasos.",
        "{count} courses enregistrées, jusqu'à {steps} étapes.",
    ),
    "{names} diverged.": ("Divergiert: {names}.", "Diverge: {names}.", "Diverge : {names}."),
    "{some} of {all} arrived": ("{some} von {all} angekommen", "llegan {some} de {all}", "{some} sur {all} arrivent"),
    "{count} stopped": ("{count} stehen geblieben", "{count} se detienen", "{count} s'arrêtent"),
    "{count} moving": ("{count} unterwegs", "{count} en camino", "{count} en chemin"),
    "{count} diverged": ("{count} divergiert", "{count} divergen", "{count} divergent"),
    "median {step}": ("Median {step}", "mediana {step}", "médiane {step}"),
    "median {step} ({low} to {high})": (
        "Median {step} ({low} bis {high})",
        "mediana {step} ({low} a {high})",
        "médiane {step} ({low} à {high})",
    ),
}
