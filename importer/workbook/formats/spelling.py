"""Judge how well accented letters stand in a word, by words of Western European languages."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from math import log2

_SIGN = -8.0
"""The points of a sign among letters, or of a capital among small letters."""
_UNKNOWN = -3.0
"""The points of a letter that those languages do not have."""
_USUAL, _LONE = 0.5, 0.2
"""The points of a sign where it usually stands, and of a letter that is a word: à, é, ó."""
_IN_WORD = 12.0
"""The points of a sign in a word where languages have it: d’aigua, col·legi, Nº."""

_SIGNS = frozenset("€£¢¥§©®™°ºª·•–—…«»‹›“”„‘’‚¡¿½¼¾²³±×÷´¨ ")
"""Signs that stand between words."""
_OPENING, _CLOSING = "¡¿«‹“„‘°º–—€", "»›“”’…®™©°ºª€"
"""Those that may begin and end what stands between spaces."""
_WORDS_OF_ONE = "àéèóòú"
_VOWEL = "[aeiouyàâáèéêëíîïòóôœúûü]"
_SIGN_IN_WORD = re.compile(
    rf"\b[cdjlmnst]’(?=h?{_VOWEL}\w\w)"  # d'aigua, but not D'az, which is Díaz
    rf"|qu’(?={_VOWEL})"  # lorsqu'il
    r"|(?<=\w)’(?=s\b)"  # Peter's
    r"|\b[DO]’(?=[A-Z])"  # O'Neill
    r"|(?<=l)·(?=l)"
    r"|\b[dmn][ºª]"  # Nº, Mª
    r"|°C\b",
    re.IGNORECASE,
)
_FOREIGN = re.compile(r"[^\x00-\x7f]{3}")
"""More accented letters in a row than those languages have; others have them in every word."""


def plausibility(word: str) -> float:
    """The points of a run of letters and signs: above 0 if it looks like a word, else below."""
    parts = word.replace("·", "’").replace("’", "'").split("'")
    return _IN_WORD * len(_SIGN_IN_WORD.findall(word)) + sum(map(_points, parts))


def _points(word: str) -> float:
    bare = word.lstrip(_OPENING).rstrip(_CLOSING)
    if bare != word:
        return _USUAL + _points(bare)
    if word.isascii() or _SIGNS.issuperset(word):
        return 0.0
    if len(word) == 1:
        return _LONE if word.lower() in _WORDS_OF_ONE else _UNKNOWN
    if not word.isalpha():
        return _SIGN * sum(not (c.isascii() or c.isalpha()) for c in word)
    if not (word.isupper() or word[1:].islower()) or _FOREIGN.search(word):
        return _SIGN
    padded = f" {word.lower()} "
    return sum(_fit(padded[at - 1 : at + 2]) for at, c in enumerate(padded) if not c.isascii())


@cache
def _fit(letters: str) -> float:
    """The points of an accented letter between its neighbours, by how often words have them."""
    counts = _counts()
    letter, before, after, all_three = (
        log2(1 + counts[part]) for part in (letters[1], letters[:2], letters[1:], letters)
    )
    if not letter:
        return _UNKNOWN
    return before + after + 2 * all_three + (letter / 2 if before and after else 0)


@cache
def _counts() -> Counter[str]:
    """How often each accented letter occurs in the known words, alone and with its neighbours."""
    counts: Counter[str] = Counter()
    for word in _WORDS.lower().split():
        padded = f" {word} "
        for at, letter in enumerate(padded):
            if not letter.isascii():
                counts[letter] += 1
                counts.update((padded[at - 1 : at + 1], padded[at : at + 2]))
                counts[padded[at - 1 : at + 2]] += 1
    return counts


_WORDS = """
está más número línea sección opción válido versión también así después código Málaga García
Martínez López Pérez González Rodríguez Fernández Sánchez Gómez Díaz Núñez Muñoz Peña Yáñez
Ordóñez Álvarez Ángel Íñigo Óscar Úbeda Ñuñoa José María Jesús Andrés Tomás Raúl Sofía Lucía
Víctor Héctor Inés Belén Mónica Verónica Ramón Joaquín Martín Agustín Cádiz Córdoba León Jaén
Almería Cáceres Bogotá Medellín México Perú Panamá Mérida Cancún Querétaro Michoacán Yucatán
Asunción Concepción Valparaíso Tucumán España español niño año señor compañía montaña campaña
diseño enseñanza cañón pequeño Logroño Coruña Cataluña mañana dueño clínica médica odontológica
óptica peluquería panadería carnicería librería ferretería gestoría asesoría consultoría
fontanería carpintería cafetería pastelería estética informática tecnología electrónica mecánica
automóvil vehículos jardín jardinería café construcción administración fundación asociación
educación dirección descripción teléfono página razón agrícola artesanía óleo órdenes íntegra ítem
útil último época éxito índice ácido árbol área ágil águila órgano ópera agüero pingüino vergüenza
lingüística Güell Argüelles cigüeña público república música físico jurídico económico políticas
técnico gráficas fábrica hípica náutica acústica cerámica crédito depósito hábitat Lázaro sábado
miércoles día tío país raíz baúl ataúd maíz oído egoísta Zúñiga Cárdenas será podrá habrá aquí
allí allá además detrás jamás quizás algún según ningún común atún avión camión corazón salón
balcón bebé cómo dónde cuándo quién cuál Bárbara Cristóbal Míguez Cíes terapéutica ecográfico
geriátrico oftalmólogo neumáticos lácteos aéreo áurea capítulo título mínimo líquido vírgula
símbolo síndrome espíritu simbólica católica alcohólico menú actúa asegúrese continúe mayúscula
tabú súper fútbol búfalo búsqueda túnel dígito bíblico específica científica Hawái Ramírez riñón
Ibáñez
não são pão mão mãe mães irmão irmã manhã João Simão Guimarães Magalhães Conceição informação
associação construção opções ações situações regiões leões padrões corações põe lições funções
sessões permissões extensões visões questões balões estão então botão serviços preço espaço
endereço França Bragança Gonçalves Lourenço Açores cabeça força começo março açúcar criança
segurança licenças português inglês francês mês três Antônio Vinícius agência farmácia ciência
Valência excelência referência frequência independência você têm vêm ênfase pêssego câmara lâmpada
âmbito Botânica Ângela pânico tâmara robô avô econômico estômago côncavo cômodo eletrônica à às
àquele já até só avó olá água várias clínicas Évora Águeda Setúbal saúde possível flexível
visíveis ótica ônibus êxito Húngara milhões limões cordões camarão cirúrgico
més només també serà cata orgànic mecànic temàtica càmera Estruç elèctric quiròfan
là farmàcia àrea pàgina vàlid gràfics àmbit pràctica història memòria plaça Barça Lluís Martí
Núria Mònica Sònia Antònia Òptica Èlia Èxit Àngels Àfrica Íngrid mòbil còpia cançó això allò però
òrgan agència València Provença llençol feliç dolç braç enllaç Tàrrega Mataró Gràcia Sarrià anglès
interès congrés accés què perquè telèfon sèrie règim crèdit mèdica tècnica estètica acadèmia
matèria dèbit països veïna raïm ruïna introduïda traduït proveïdor Raül diürn qüestió següent
pingüí ús únic camí jardí veí molí demà avià Sebastià Adrià Damià allà públic dòlar còdec tòner
màxim bàsic caràcter volàtil Geòrgia hipòtesis là où déjà voilà très après père frère lumière
première dernière rivière matière bière pièce siècle collège règle modèle système problème
bibliothèque crème thèse grève fièvre élève chèque espèce succès progrès forêt fenêtre être même
fête tête hôtel hôpital côté bientôt dôme contrôle rôle île maître boîte chaîne dîner connaître
août coûte goût sûr mûr flûte brûlé château bâtiment âge pâte tâche gâteau théâtre âme français
garçon façade reçu leçon François Besançon commerçant société école église télévision équipe
générale médecin musée année journée idée créée employée entrée santé qualité beauté cœur sœur
œuvre nœud bœuf œil Noël Joël Israël Citroën naïve haïr Loïc Anaïs Éric Étienne Émile Hélène
Gaëlle Chloé Zoé pâtisserie crêperie dépôt prêt intérêt conquête évêque mètres étrangère énorme
slovène diffère clôture Rhône
für über Übung können möchte größe großer Straße Fußball heißen Müller Schäfer Bäckerei Jäger
Krämer Schröder Köhler König Köln Nürnberg Düsseldorf Münster München Würzburg Tübingen Lübeck
Österreich Öl Öffnung Höfer Böhm Löwe Möbel Töpfer Jörg Götz Schön Grün Frühling Änderung Ärztin
Ägypten Käse Wäsche März Länder Bär Gärtner Händler Geschäft Verkäufer Gebäude Häuser Räume Nähe
Zähne ungültig Schlüssel unterstützt verfügbar natürlich gemäß schließen Süden Tür Küche Bücher
Brücke Glück Stück früher führen gehört Universität Fähre während löschen Wörter Börse Größen Höhe
Söhne Römer später wählen täglich jährlich Fläche Geräte Verträge Kapitän Sekretärin zuverlässig
Wälder Kräfte Erklärung Gespräch hätte wäre nächste ähnlich beschädigt Präsident Vorgänger
Empfänger zusätzlich Lösung nötig öffentlich Störung weiß Spaß groß Gruß Maßnahme Wölfe Körper
Völker Verzögerung Fächer Bänke Pfänder gefärbt gedämpft Vögel Schränke
"""
"""Words with each accented letter where Spanish, Portuguese, Catalan, French and German have it."""
