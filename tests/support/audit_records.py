"""A small record of an audit with known answers, for the tests of what is made from it."""

import numpy as np

DOSES = {"faker": [0.1, 1.0], "train-copier": [1.0], "odd": []}


def described(name, **fields):
    return {
        **{"name": name, "score": name.removesuffix("_judge").removesuffix("_pca"), "question": "samples"},
        **{"family": "fam", "version": 1, "unit": "share", "better": "lower", "ideal": None, "features": None},
        **{"range": [0.0, None], "minimum_n": 1000, "slow": False, "summary": "One line. "},
        **fields,
    }


SCORES = [
    described("sees_judge", features="judge"),
    described("sees_pca", features="pca"),
    described("fooled", better="higher", range=[0.0, 1.0]),
    described("constant", better="higher", range=[0.0, 10.0]),
    described("missing"),
    described("breaks"),
    described("copies", better="target", question="copying", shared=["inputs/samples/judge", "inputs/copying/none"]),
    described("shifted"),
    described("lapses_judge", better="target", features="judge"),
    described("twin_judge", features="judge"),
    described("describes", better="neither"),
]
"""Real data has normal values around 0.5, 0.02 apart; `constant` is 10, `missing` has none, `twin` is 100 times `sees`.

`shifted` is 0.3 more on training digits, also where a control copies them; `lapses` misses the severe dose.
"""


def value(name, control, dose, noise, n=200):
    real = 0.5 + 0.02 * noise
    strong = control == "faker" and dose == 1.0
    return {
        "sees_judge": real + (0.5 if strong else 0.0),
        "sees_pca": real + (0.5 if control == "faker" and n >= 50 else 0.0),
        "fooled": 0.9 if strong else real,
        "constant": 9.0 if strong else 10.0,
        "missing": None,
        "breaks": None if control == "odd" else real,
        "copies": None if control == "train" else 0.0 if control == "train-copier" else real,
        "shifted": real + (0.3 if control in ("train", "train-copier") else 0.0),
        "lapses_judge": real + (0.5 if control == "faker" and dose == 0.1 else 0.0),
        "twin_judge": None,
        "describes": real,
    }[name]


def problems(name, control):
    if name == "missing":
        return ["n/a", "needs probabilities"]
    if name == "copies" and control == "train":
        return ["n/a", "to a copying score training digits are copies"]
    return ["error", "ValueError: odd | <b>"] if name == "breaks" and control == "odd" else None


def one_set(random, role, control, dose, draw, n=200):
    names = [score["name"] for score in SCORES]
    found = {name: problems(name, control) for name in names}
    values = {name: value(name, control, dose, random.normal(), n) for name in names}
    values["twin_judge"] = 100 * values["sees_judge"]
    return {
        **{"role": role, "control": control, "dose": dose, "draw": draw, "n": n},
        "values": list(values.values()),
        "problems": {name: why for name, why in found.items() if why},
        "seconds": {
            **{"fam/judge": 0.5, "fam/pca": 0.25, "fam/none": 0.125},
            **{"inputs/samples/judge": 2.0, "inputs/samples/pca": 0.0, "inputs/copying/none": 4.0},
        },
        "cpu_seconds": 1.0,
    }


def audit_record(**fields):
    random = np.random.default_rng(0)
    sets = [one_set(random, "band", "oracle", None, draw) for draw in range(20)]
    sets += [one_set(random, "fresh", "oracle", None, draw) for draw in range(30)]
    sets += [one_set(random, "size", "oracle", None, draw, n) for n in (25, 50, 100) for draw in range(20)]
    sets += [one_set(random, "train", "train", None, draw, n) for n in (25, 50, 100, 200) for draw in range(20)]
    for control, doses in DOSES.items():
        default = doses[-1] if doses else None
        sets += [one_set(random, "size-control", control, default, i, n) for n in (25, 50, 100) for i in range(5)]
        sets += [one_set(random, "control", control, dose, draw) for dose in doses or [None] for draw in range(5)]
    facts = {"unit": "share | of", "summary": "A control."}
    controls = [
        {"name": "faker", "draws_from": "oracle", "doses": [0.1, 1.0], "default": 1.0, **facts},
        {"name": "train-copier", "draws_from": "train", "doses": [1.0], "default": 1.0, **facts},
        {"name": "odd", "draws_from": "oracle", "doses": [], "default": None, **facts},
    ]
    spec = {
        "dataset": "toy",
        "n": 200,
        "draws": 5,
        "sizes": [25, 50, 100],
        "metrics": ["fam"],
        "data_file": None,
        "asked": [],
    }
    dataset = {"name": "toy", "fingerprint": "0" * 64, "judge": "mnist", "note": ""}
    return {
        **{"schema_version": 2, "kind": "audit", "spec": spec, "scores": SCORES, "controls": controls, "sets": sets},
        "dataset": {**dataset, "sizes": {"train": 600, "reference": 400, "oracle": 400}},
        "environment": {"aezoo": "0", "tensorflow": "0", "numpy": "0"},
        "timing": {"wall": 1.0, "cpu": 2.0, "jobs": 1},
        **fields,
    }
