"""Words of comparisons: of a tuning, a sweep, basins and a league, in their pictures and small print."""

from __future__ import annotations

# English: German, Spanish, French
COMPARED: dict[str, tuple[str, str, str]] = {
    "without {names}, of which a cell failed": (
        "ohne {names}, wovon eine Zelle scheiterte",
        "sin {names}, de los que falló una celda",
        "sans {names}, dont une cellule a échoué",
    ),
    "tuned first": ("zuvor abgestimmt", "ajustado antes", "réglé d'abord"),
    "at most {count} gradients each": (
        "je höchstens {count} Gradienten",
        "como mucho {count} gradientes cada uno",
        "au plus {count} gradients chacun",
    ),
    "stopped": ("steht", "detenido", "arrêté"),
    "diverged": ("divergiert", "diverge", "diverge"),
    # a tuning
    "{title}: which hyperparameters work?": (
        "{title}: welche Hyperparameter taugen?",
        "{title}: ¿qué hiperparámetros funcionan?",
        "{title} : quels hyperparamètres marchent ?",
    ),
    "{title}: which learning rate works?": (
        "{title}: welche Lernrate taugt?",
        "{title}: ¿qué tasa de aprendizaje funciona?",
        "{title} : quel taux d'apprentissage marche ?",
    ),
    "{title}: which {name} works?": (
        "{title}: welches {name} taugt?",
        "{title}: ¿qué {name} funciona?",
        "{title} : quel {name} marche ?",
    ),
    "{count} trials each, evenly spaced": (
        "je {count} Versuche, gleichmäßig verteilt",
        "{count} pruebas cada uno, a intervalos iguales",
        "{count} essais chacun, à intervalles égaux",
    ),
    "{count} trials each, evenly spaced; of several ranges Halton's points": (
        "je {count} Versuche, gleichmäßig verteilt; aus mehreren Bereichen Haltons Punkte",
        "{count} pruebas cada uno, a intervalos iguales; de varios rangos, puntos de Halton",
        "{count} essais chacun, à intervalles égaux ; de plusieurs plages, points de Halton",
    ),
    "{count} trials each, Halton's points": (
        "je {count} Versuche, Haltons Punkte",
        "{count} pruebas cada uno, puntos de Halton",
        "{count} essais chacun, points de Halton",
    ),
    "{count} seeds": ("{count} Seeds", "{count} semillas", "{count} graines"),
    "{count} steps, at most {most} gradients each": (
        "{count} Schritte, je höchstens {most} Gradienten",
        "{count} pasos, como mucho {most} gradientes cada uno",
        "{count} étapes, au plus {most} gradients chacun",
    ),
    "kept: lowest {measure}": (
        "behalten: kleinster Wert, {measure}",
        "elegido: menor {measure}",
        "gardé : {measure} minimal",
    ),
    "kept: lowest median {measure}": (
        "behalten: kleinster Median, {measure}",
        "elegido: menor mediana, {measure}",
        "gardé : médiane minimale, {measure}",
    ),
    "*: in the outer 5 % of its range ({names})": (
        "*: in den äußeren 5 % seines Bereichs ({names})",
        "*: en el 5 % exterior de su intervalo ({names})",
        "* : dans les 5 % extrêmes de son intervalle ({names})",
    ),
    "bands as if trials were drawn at random (DKW)": (
        "Bänder, als wären die Versuche zufällig gezogen (DKW)",
        "bandas como si las pruebas fueran al azar (DKW)",
        "bandes comme si les essais étaient tirés au hasard (DKW)",
    ),
    "top: diverged or never": ("oben: divergiert oder nie", "arriba: diverge o nunca", "en haut : diverge ou jamais"),
    "{name} tried": ("{name} im Versuch", "{name} probado", "{name} essayé"),
    "best of k trials: {measure}, 95 % bands": (
        "bester von k: {measure}, 95-%-Bänder",
        "mejor de k, al 95 %: {measure}",
        "meilleur de k, à 95 % : {measure}",
    ),
    "k trials": ("k Versuche", "k pruebas", "k essais"),
    "{name} does best with {values} ({what}).": (
        "{name} ist am besten mit {values} ({what}).",
        "{name} va mejor con {values} ({what}).",
        "{name} fait au mieux avec {values} ({what}).",
    ),
    "at the low end of its range": (
        "am unteren Ende seines Bereichs",
        "en el extremo inferior",
        "au bas de son intervalle",
    ),
    "at the high end of its range": (
        "am oberen Ende seines Bereichs",
        "en el extremo superior",
        "en haut de son intervalle",
    ),
    # a sweep
    "{title}, over {axes}": ("{title}, über {axes}", "{title}, según {axes}", "{title}, selon {axes}"),
    "{title} Over {axes}": ("{title} Über {axes}", "{title} Según {axes}", "{title} Selon {axes}"),
    "{name} {low} to {high}, {count} values": (
        "{name} {low} bis {high}, {count} Werte",
        "{name} de {low} a {high}, {count} valores",
        "{name} de {low} à {high}, {count} valeurs",
    ),
    "medians over the starts": ("Mediane über die Starts", "medianas sobre los inicios", "médianes sur les départs"),
    "works: arrives; {finish}": (
        "taugt: kommt an; {finish}",
        "funciona: llega; {finish}",
        "marche : arrive ; {finish}",
    ),
    "works: within 5 % of its best": (
        "taugt: höchstens 5 % vom Besten",
        "funciona: a menos del 5 % de su mejor valor",
        "marche : à moins de 5 % de son meilleur",
    ),
    "without {names}, which lacks {axis}": (
        "ohne {names}; hat nicht: {axis}",
        "sin {names}, que no tiene {axis}",
        "sans {names}, qui n'a pas {axis}",
    ),
    "without {names}, which lack {axis}": (
        "ohne {names}; haben nicht: {axis}",
        "sin {names}, que no tienen {axis}",
        "sans {names}, qui n'ont pas {axis}",
    ),
    "an axis": ("eine Achse", "un eje", "un axe"),
    "zoom: {count} decades, followed onto the boundary": (
        "Zoom: {count} Dekaden, der Grenze nach",
        "zoom: {count} décadas, hasta la frontera",
        "zoom : {count} décades, jusqu'à la frontière",
    ),
    "{name} on {problem}: between learning and divergence": (
        "{name} auf {problem}: zwischen Lernen und Divergenz",
        "{name} en {problem}: entre aprender y divergir",
        "{name} sur {problem} : entre apprendre et diverger",
    ),
    "share of the starts that arrives": (
        "Anteil der Starts, die ankommen",
        "parte de los inicios que llega",
        "part des départs qui arrivent",
    ),
    "{measure} after {count} steps": (
        "{measure} nach {count} Schritten",
        "{measure} tras {count} pasos",
        "{measure} après {count} étapes",
    ),
    "top: {what}": ("oben: {what}", "arriba: {what}", "en haut : {what}"),
    "where it works": ("wo es taugt", "donde funciona", "où il marche"),
    "its default": ("sein Standardwert", "su valor por defecto", "sa valeur par défaut"),
    "the value it has here": ("sein Wert hier", "su valor aquí", "sa valeur ici"),
    "{count} decades": ("{count} Dekaden", "{count} décadas", "{count} décades"),
    "works over": ("taugt über", "funciona en", "marche sur"),
    "best {name}": ("bestes {name}", "mejor {name}", "meilleur {name}"),
    "head: the values that the scenario gives": (
        "Kopf: die Werte des Szenarios",
        "marca: los valores del escenario",
        "marque : les valeurs du scénario",
    ),
    "works on {share} %": ("taugt auf {share} %", "funciona en el {share} %", "marche sur {share} %"),
    "diverged, late": ("divergiert, spät", "diverge, tarde", "diverge, tard"),
    "never arrives; diverges, late or not": (
        "kommt nie an; divergiert, spät oder nicht",
        "nunca llega; diverge, tarde o no",
        "n'arrive jamais ; diverge, tard ou non",
    ),
    "at once": ("sofort", "enseguida", "aussitôt"),
    "{first} to the right, {second} up": (
        "{first} nach rechts, {second} nach oben",
        "{first} a la derecha, {second} hacia arriba",
        "{first} vers la droite, {second} vers le haut",
    ),
    "around": ("um", "alrededor de", "autour de"),
    "magnified": ("vergrößert", "aumento", "grossi"),
    "{count} times": ("{count}-fach", "{count} veces", "{count} fois"),
    "{share} % diverge": ("{share} % divergieren", "diverge el {share} %", "{share} % divergent"),
    "boundary of dimension {number} ± {error}": (
        "Grenze der Dimension {number} ± {error}",
        "frontera de dimensión {number} ± {error}",
        "frontière de dimension {number} ± {error}",
    ),
    "boundary {number} ± {error}": (
        "Grenze {number} ± {error}",
        "frontera {number} ± {error}",
        "frontière {number} ± {error}",
    ),
    "{name} works over {reach}; best with {values}, f {f}.": (
        "{name} taugt über {reach}; am besten mit {values}, f {f}.",
        "{name} funciona en {reach}; lo mejor con {values}, f {f}.",
        "{name} marche sur {reach} ; au mieux avec {values}, f {f}.",
    ),
    "{share} % of the range": ("{share} % des Bereichs", "el {share} % del intervalo", "{share} % de l'intervalle"),
    "{share} % of the plane": ("{share} % der Ebene", "el {share} % del plano", "{share} % du plan"),
    # basins
    "Where does each start go?": ("Wohin geht jeder Start?", "¿Adónde va cada inicio?", "Où va chaque départ ?"),
    "Where does each start end?": ("Wo endet jeder Start?", "¿Dónde acaba cada inicio?", "Où finit chaque départ ?"),
    "{count} starts each on a grid of {side} × {side}": (
        "je {count} Starts auf einem Gitter von {side} × {side}",
        "{count} inicios cada uno en una cuadrícula de {side} × {side}",
        "{count} départs chacun sur une grille de {side} × {side}",
    ),
    "each dot a start, coloured by where it ends": (
        "jeder Punkt ein Start, gefärbt nach seinem Ende",
        "cada punto un inicio, con el color de su final",
        "chaque point un départ, de la couleur de sa fin",
    ),
    "full colour: arrives early, pale: late": (
        "satt: kommt früh an, blass: spät",
        "color pleno: llega pronto, pálido: tarde",
        "couleur pleine : arrive tôt, pâle : tard",
    ),
    "areas within 95 % intervals (Wilson), as if starts were random": (
        "Flächen mit 95-%-Intervallen (Wilson), als wären die Starts zufällig",
        "áreas con intervalos del 95 % (Wilson), como si los inicios fueran al azar",
        "aires à 95 % (Wilson), comme si les départs étaient tirés au hasard",
    ),
    "local minimum": ("lokales Minimum", "mínimo local", "minimum local"),
    "another local minimum": ("ein anderes lokales Minimum", "otro mínimo local", "un autre minimum local"),
    "stopped elsewhere": ("anderswo stehen geblieben", "detenido en otra parte", "arrêté ailleurs"),
    "still moving": ("noch unterwegs", "sigue en movimiento", "bouge encore"),
    "minima": ("Minima", "mínimos", "minima"),
    "not there yet": ("noch nicht da", "aún no ha llegado", "pas encore arrivé"),
    "entropy {number}": ("Entropie {number}", "entropía {number}", "entropie {number}"),
    # a league
    "By {protocol}: {ranking}.": (
        "Nach {protocol}: {ranking}.",
        "Según {protocol}: {ranking}.",
        "Selon {protocol} : {ranking}.",
    ),
    "{rules} rules on {functions}: who is first?": (
        "{rules} Verfahren auf {functions}: wer ist Erster?",
        "{rules} reglas en {functions}: ¿quién es la primera?",
        "{rules} règles sur {functions} : qui est première ?",
    ),
    "{rules} rules on {functions} functions: who is first?": (
        "{rules} Verfahren auf {functions} Funktionen: wer ist Erster?",
        "{rules} reglas en {functions} funciones: ¿quién es la primera?",
        "{rules} règles sur {functions} fonctions : qui est première ?",
    ),
    "{runs} runs: {count} learning rates from {low} to {high} for every rule": (
        "{runs} Läufe: {count} Lernraten von {low} bis {high} für jedes Verfahren",
        "{runs} ejecuciones: {count} tasas de aprendizaje de {low} a {high} para cada regla",
        "{runs} exécutions : {count} taux d'apprentissage de {low} à {high} pour chaque règle",
    ),
    "{starts} on each function, over its window": (
        "{starts} auf jeder Funktion, über ihrem Fenster",
        "{starts} en cada función, sobre su ventana",
        "{starts} sur chaque fonction, dans sa fenêtre",
    ),
    "{name}: {cost} a step, so {count} steps": (
        "{name}: {cost} je Schritt, also {count} Schritte",
        "{name}: {cost} por paso, así que {count} pasos",
        "{name} : {cost} par étape, donc {count} étapes",
    ),
    "finish: within 1 % of the window's diagonal of a lowest minimum": (
        "Ziel: höchstens 1 % der Fensterdiagonale von einem tiefsten Minimum",
        "meta: a menos del 1 % de la diagonal de la ventana de un mínimo más bajo",
        "arrivée : à moins de 1 % de la diagonale de la fenêtre d'un minimum le plus bas",
    ),
    "95 % intervals: starts drawn again {count} times (seed {seed}); bands: {bands} times": (
        "95-%-Intervalle: Starts {count}-mal neu gezogen (Seed {seed}); Bänder: {bands}-mal",
        "intervalos del 95 %: inicios sorteados {count} veces (semilla {seed}); bandas: {bands} veces",
        "intervalles à 95 % : départs retirés {count} fois (graine {seed}) ; bandes : {bands} fois",
    ),
    "on {names}": ("auf {names}", "en {names}", "sur {names}"),
    "first: {share} %": ("Erster: {share} %", "primera: {share} %", "première : {share} %"),
    "share arrived: performance profiles with 95 % bands": (
        "Anteil am Ziel: Leistungsprofile mit 95-%-Bändern",
        "parte que llega: perfiles de rendimiento con bandas del 95 %",
        "part arrivée : profils de performance avec bandes à 95 %",
    ),
    "times the fastest rule's gradients": (
        "Vielfaches der Gradienten des schnellsten Verfahrens",
        "veces los gradientes de la regla más rápida",
        "fois les gradients de la règle la plus rapide",
    ),
    "share of 51 targets reached, one rate for all functions": (
        "Anteil der 51 Ziele erreicht, eine Lernrate für alle Funktionen",
        "parte de 51 objetivos alcanzada, una tasa para todas las funciones",
        "part des 51 cibles atteintes, un taux pour toutes les fonctions",
    ),
    "Bars: places possible (95 %), and the probability that the first is first, if starts are drawn again.": (
        "Balken: mögliche Plätze (95 %), und die Wahrscheinlichkeit, dass der Erste es ist, bei neu gezogenen Starts.",
        "Barras: puestos posibles (95 %) y la probabilidad de que la primera lo sea, si se sortean otros inicios.",
        "Barres : places possibles (95 %) et probabilité que la première le soit, si les départs sont retirés.",
    ),
    "Final": ("Ende", "Final", "Fin"),
    "Target": ("Ziel", "Meta", "Cible"),
    "rate tuned for each function by the median gap at the end; score: what is left of the start's gap, median over "
    "starts, then over functions": (
        "Lernrate je Funktion nach dem Median des Abstands am Ende; Wertung: was vom Abstand am Start bleibt, Median "
        "über Starts, dann Funktionen",
        "tasa ajustada a cada función por la mediana de la brecha final; puntuación: lo que queda de la brecha "
        "inicial, mediana sobre inicios y funciones",
        "taux réglé par fonction sur l'écart final médian ; score : ce qui reste de l'écart initial, médiane sur les "
        "départs, puis les fonctions",
    ),
    "rate tuned for each function by the median of gradients to arrive and stay; score: that median, then the median "
    "over functions": (
        "Lernrate je Funktion nach dem Median der Gradienten bis zum Bleiben; Wertung: dieser Median, dann der Median "
        "über Funktionen",
        "tasa ajustada a cada función por la mediana de gradientes hasta llegar y quedarse; puntuación: esa mediana, "
        "luego sobre funciones",
        "taux réglé par fonction sur la médiane des gradients pour arriver et rester ; score : cette médiane, puis "
        "celle des fonctions",
    ),
    "3 studies of 5 rates by Halton, one start each; first time inside the finish, best of 5, median of 3; score: area "
    "under the performance profile up to 4 times the fastest": (
        "3 Studien mit 5 Lernraten nach Halton, je ein Start; erstes Mal im Ziel, bester von 5, Median von 3; Wertung: "
        "Fläche unter dem Profil bis zum 4-Fachen",
        "3 estudios de 5 tasas según Halton, un inicio cada uno; primera vez en la meta, mejor de 5, mediana de 3; "
        "puntuación: área bajo el perfil hasta 4 veces",
        "3 études de 5 taux selon Halton, un départ chacune ; première fois dans l'arrivée, meilleur de 5, médiane de "
        "3 ; score : aire sous le profil jusqu'à 4 fois",
    ),
    "rate tuned for each function on one start by the gap at the end, judged on 10 others; score: the mean of what is "
    "left, then the median over functions": (
        "Lernrate je Funktion an einem Start nach dem Abstand am Ende, beurteilt an 10 anderen; Wertung: Mittel des "
        "Rests, dann Median über Funktionen",
        "tasa ajustada a cada función en un inicio por la brecha final, juzgada en otros 10; puntuación: media de lo "
        "que queda, luego mediana sobre funciones",
        "taux réglé par fonction sur un départ selon l'écart final, jugé sur 10 autres ; score : moyenne de ce qui "
        "reste, puis médiane des fonctions",
    ),
    "one rate for all functions; 51 targets from 100 to 1e-8 above the minimum, first reached; score: area under their "
    "distribution over the logarithm of gradients": (
        "eine Lernrate für alle Funktionen; 51 Ziele von 100 bis 1e-8 über dem Minimum, erstmals erreicht; Wertung: "
        "Fläche unter ihrer Verteilung über log Gradienten",
        "una tasa para todas las funciones; 51 objetivos de 100 a 1e-8 sobre el mínimo; puntuación: área bajo su "
        "distribución según el logaritmo de los gradientes",
        "un taux pour toutes les fonctions ; 51 cibles de 100 à 1e-8 au-dessus du minimum ; score : aire sous leur "
        "distribution selon le logarithme des gradients",
    ),
}
