"""Words for a step taken apart: the terms of the rules, and the arrows on the picture."""

from __future__ import annotations

# English: German, Spanish, French; what stands in braces is how long a memory lasts
ANATOMY: dict[str, tuple[str, str, str]] = {
    "slope now": ("Steigung jetzt", "pendiente actual", "pente actuelle"),
    "slope now, clipped": ("Steigung jetzt, begrenzt", "pendiente actual, recortada", "pente actuelle, écrêtée"),
    "effective learning rate": ("effektive Lernrate", "tasa de aprendizaje efectiva", "taux d'apprentissage effectif"),
    "the step": ("der Schritt", "el paso", "le pas"),
    "{words}: holds": ("{words}: hält", "{words}: se mantiene", "{words} : tient"),
    "{count} steps": ("{count} Schritte", "{count} pasos", "{count} étapes"),
    "for good": ("für immer", "para siempre", "pour toujours"),
    "f of step {step}": ("f bei Schritt {step}", "f del paso {step}", "f à l'étape {step}"),
    "f near {place}": ("f nahe {place}", "f cerca de {place}", "f près de {place}"),
    "reach of a step": ("Reichweite eines Schritts", "alcance de un paso", "portée d'un pas"),
    "its reach without the maximum": (
        "Reichweite ohne das Maximum",
        "su alcance sin el máximo",
        "sa portée sans le maximum",
    ),
    "without the maximum": ("ohne das Maximum", "sin el máximo", "sans le maximum"),
    # arrows
    "downhill now": ("jetzt bergab", "cuesta abajo ahora", "descente actuelle"),
    "downhill, from a little uphill": (
        "bergab, von etwas weiter oben",
        "cuesta abajo, desde algo más arriba",
        "descente, d'un peu plus haut",
    ),
    "memory": ("Gedächtnis", "memoria", "mémoire"),
    "memory, one step ahead": (
        "Gedächtnis, einen Schritt voraus",
        "memoria, un paso adelante",
        "mémoire, un pas en avant",
    ),
    "memory and slope": ("Gedächtnis und Steigung", "memoria y pendiente", "mémoire et pente"),
    "long memory": ("langes Gedächtnis", "memoria larga", "mémoire longue"),
    "velocity": ("Geschwindigkeit", "velocidad", "vitesse"),
    "look-ahead": ("Vorausblick", "mirada adelante", "regard en avant"),
    "change of slope": ("Änderung der Steigung", "cambio de pendiente", "changement de pente"),
    "fast point": ("schneller Punkt", "punto rápido", "point rapide"),
    "slow point": ("langsamer Punkt", "punto lento", "point lent"),
    # terms
    "slope remembered, {beta1}": (
        "gemerkte Steigung, {beta1}",
        "pendiente recordada, {beta1}",
        "pente retenue, {beta1}",
    ),
    "slope remembered, {beta2}": (
        "gemerkte Steigung, {beta2}",
        "pendiente recordada, {beta2}",
        "pente retenue, {beta2}",
    ),
    "slope remembered far longer, {beta3}": (
        "weit länger gemerkte Steigung, {beta3}",
        "pendiente recordada mucho más, {beta3}",
        "pente retenue bien plus longtemps, {beta3}",
    ),
    "scaled slope remembered, {beta1}": (
        "gemerkte skalierte Steigung, {beta1}",
        "pendiente escalada recordada, {beta1}",
        "pente mise à l'échelle retenue, {beta1}",
    ),
    "scaled slopes remembered, {beta1}": (
        "gemerkte skalierte Steigungen, {beta1}",
        "pendientes escaladas recordadas, {beta1}",
        "pentes mises à l'échelle retenues, {beta1}",
    ),
    "size of the slopes remembered, {beta2}": (
        "gemerkte Größe der Steigungen, {beta2}",
        "tamaño recordado de las pendientes, {beta2}",
        "taille retenue des pentes, {beta2}",
    ),
    "size of the slopes remembered, {alpha}": (
        "gemerkte Größe der Steigungen, {alpha}",
        "tamaño recordado de las pendientes, {alpha}",
        "taille retenue des pentes, {alpha}",
    ),
    "size of the surprise g − m, {beta2}": (
        "Größe der Überraschung g − m, {beta2}",
        "tamaño de la sorpresa g − m, {beta2}",
        "taille de la surprise g − m, {beta2}",
    ),
    "size remembered, {beta3}": ("gemerkte Größe, {beta3}", "tamaño recordado, {beta3}", "taille retenue, {beta3}"),
    "its size, {beta2}": ("ihre Größe, {beta2}", "su tamaño, {beta2}", "sa taille, {beta2}"),
    "largest slope remembered, {beta2}": (
        "größte gemerkte Steigung, {beta2}",
        "mayor pendiente recordada, {beta2}",
        "plus grande pente retenue, {beta2}",
    ),
    "squared slopes remembered, {beta2}": (
        "gemerkte Quadrate der Steigungen, {beta2}",
        "pendientes al cuadrado recordadas, {beta2}",
        "carrés des pentes retenus, {beta2}",
    ),
    "squared slopes remembered, {rho}": (
        "gemerkte Quadrate der Steigungen, {rho}",
        "pendientes al cuadrado recordadas, {rho}",
        "carrés des pentes retenus, {rho}",
    ),
    "squared moves remembered, {rho}": (
        "gemerkte Quadrate der Schritte, {rho}",
        "movimientos al cuadrado recordados, {rho}",
        "carrés des déplacements retenus, {rho}",
    ),
    "root of all squared slopes": (
        "Wurzel aller quadrierten Steigungen",
        "raíz de todas las pendientes al cuadrado",
        "racine de tous les carrés des pentes",
    ),
    "velocity: slopes added up, {momentum}": (
        "Geschwindigkeit: summierte Steigungen, {momentum}",
        "velocidad: pendientes sumadas, {momentum}",
        "vitesse : pentes additionnées, {momentum}",
    ),
    "one velocity further: look ahead": (
        "eine Geschwindigkeit weiter: Vorausblick",
        "una velocidad más allá: mirada adelante",
        "une vitesse plus loin : regard en avant",
    ),
    "slope over its size": ("Steigung durch ihre Größe", "pendiente entre su tamaño", "pente sur sa taille"),
    "slope over its size, times that of moves": (
        "Steigung durch ihre Größe, mal der der Schritte",
        "pendiente entre su tamaño, por el de los movimientos",
        "pente sur sa taille, fois celle des déplacements",
    ),
    "does the slope keep its sign?": (
        "behält die Steigung ihr Vorzeichen?",
        "¿conserva la pendiente su signo?",
        "la pente garde-t-elle son signe ?",
    ),
    "length of a step, longer or shorter": (
        "Länge eines Schritts, länger oder kürzer",
        "longitud de un paso, más larga o más corta",
        "longueur d'un pas, plus longue ou plus courte",
    ),
    "the most that it ever was": ("das Größte, das es je war", "lo máximo que ha sido", "le plus qu'il ait été"),
    "memory, looking one step ahead": (
        "Gedächtnis, mit Blick einen Schritt voraus",
        "memoria, mirando un paso adelante",
        "mémoire, un pas en avant du regard",
    ),
    "memory and slope mixed": (
        "Gedächtnis und Steigung gemischt",
        "memoria y pendiente mezcladas",
        "mémoire et pente mêlées",
    ),
    "its sign alone": ("nur das Vorzeichen", "solo su signo", "son signe seul"),
    "the slope's sign alone": (
        "nur das Vorzeichen der Steigung",
        "solo el signo de la pendiente",
        "le signe seul de la pente",
    ),
    "how the slope changes, remembered": (
        "gemerkte Änderung der Steigung",
        "cómo cambia la pendiente, recordado",
        "changement de la pente, retenu",
    ),
    "direction, before its length": (
        "Richtung, vor ihrer Länge",
        "dirección, antes de su longitud",
        "direction, avant sa longueur",
    ),
    "distance still to go, estimated": (
        "verbleibende Entfernung, geschätzt",
        "distancia que falta, estimada",
        "distance restante, estimée",
    ),
    "the fast point that the average follows": (
        "der schnelle Punkt, dem das Mittel folgt",
        "el punto rápido al que sigue la media",
        "le point rapide que suit la moyenne",
    ),
    "the slow point": ("der langsame Punkt", "el punto lento", "le point lent"),
    "slope a little uphill": (
        "Steigung etwas weiter oben",
        "pendiente un poco más arriba",
        "pente un peu plus haut",
    ),
}
