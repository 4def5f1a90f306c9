"""What the page says, in no particular format."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """The first column is text, the others are figures."""

    head: list[str]
    rows: list[list[object]]


@dataclass(frozen=True)
class Section:
    title: str
    lines: list[str] = field(default_factory=list)
    table: Table | None = None


def sections(title: str, validation: dict, search: dict, judgement: dict, version: str) -> list[Section]:
    """The first section's title is the page's. Raises KeyError if an input is not what its component writes."""
    return [
        Section(title, verdict(judgement, version)),
        Section("Evaluation span", table=figures(judgement)),
        Section("Slices", table=slices(judgement)),
        Section("Search", [f"{len(search['trials'])} trials, judged on the newest {search['validationRows']} training strikes."], trials(search)),
        Section("Data", anomalies(validation), spans(validation)),
    ]


def verdict(judgement: dict, version: str) -> list[str]:
    if judgement["blessed"]:
        return [f"Blessed, registered as version {version}." if version else "Blessed."]
    return ["Not blessed, so not registered.", *judgement["reasons"]]


def figures(judgement: dict) -> Table:
    model, baseline = judgement["overall"], judgement["baseline"]
    rows = [[label, figure(model[key]), figure(baseline[key])] for label, key in [("AUC", "auc"), ("log loss", "logLoss"), ("damage found in the riskiest fifth", "top20Recall")]]
    return Table(["figure", "model", "baseline"], rows)


def slices(judgement: dict) -> Table:
    rows = [
        [f"{part['column']} = {part['value']}", part["model"]["rows"], part["model"]["damaged"], figure(part["model"]["auc"]), figure(part["baseline"]["auc"])]
        for part in judgement["slices"]
    ]
    return Table(["slice", "strikes", "with damage", "AUC", "baseline's AUC"], rows)


def trials(search: dict) -> Table:
    best_first = sorted(search["trials"], key=lambda trial: -trial["auc"])
    rows = [[setting(trial["settings"]), figure(trial["auc"])] for trial in best_first]
    return Table(["settings", "AUC"], rows)


def setting(settings: dict) -> str:
    return f"{settings['trees']} trees of {settings['leaves']} leaves, learning rate {settings['learningRate']}, at least {settings['minimumStrikesPerLeaf']} strikes a leaf"


def spans(validation: dict) -> Table:
    return Table(["span", "strikes"], [[span, rows] for span, rows in validation["rows"].items()])


def anomalies(validation: dict) -> list[str]:
    found = [f"{anomaly['span']}, {anomaly.get('feature', 'all')}: {anomaly['message']}" for anomaly in validation["anomalies"]]
    return found or ["No anomalies."]


def figure(value: float | None) -> str:
    """Four decimals; a dash where there is nothing to measure."""
    return "–" if value is None else f"{value:.4f}"
