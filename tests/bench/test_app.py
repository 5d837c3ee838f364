"""The command line as a user types it."""

from __future__ import annotations

import json
import re
import resource
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.command_line import run_command
from support.smoke_run import OPTIONS, SEEDS

from aezoo import __version__
from aezoo.bench.app import COMMANDS, run_app
from aezoo.bench.commands.list import definition
from aezoo.bench.options import read_options
from aezoo.metrics import METRICS
from aezoo.record import describe_error, new_record
from aezoo.source import first_sentence
from aezoo.store import Store

SMOKE = ["run", *OPTIONS, "--seeds", ",".join(map(str, SEEDS))]
KEPT = 11
"""Trials of the smoke suite: three models and PCA with two seeds, three floors that have but one."""


@pytest.fixture
def copied(smoke_run, tmp_path):
    """A folder of one's own with the records of the smoke suite."""
    return shutil.copytree(smoke_run.folder, tmp_path / "copied")


def comparable(folder: Path) -> dict[str, dict]:
    """Every record without what may differ: times, and the digest of them and all else."""
    records = [json.loads(path.read_text()) for path in sorted(folder.glob("trials/*/record.json"))]
    return {record["id"]: without_times(record) for record in records}


def without_times(record: dict) -> dict:
    return {key: value for key, value in record.items() if key not in ("timing", "digest")}


def record_path(folder: Path, model: str, seed: int) -> Path:
    """The file of the only record of a model with a seed."""

    def is_of(path: Path) -> bool:
        spec = json.loads(path.read_text())["spec"]
        return (spec["model"], spec["seed"]) == (model, seed)

    (path,) = filter(is_of, folder.glob("trials/*/record.json"))
    return path


def in_order(rows: list[dict]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def test_a_run_leaves_records_tables_and_figures(smoke_run):
    folder = smoke_run.folder
    assert smoke_run.code == 0, smoke_run.errors
    labels = sorted((record["label"], record["spec"]["seed"]) for record in comparable(folder).values())
    floors = [("mean-image", 0), ("oracle", 0), ("pca", 0), ("pca", 1), ("raw-pixels", 0)]
    assert labels == sorted([*((name, seed) for name in ("ae", "vae", "beta-vae") for seed in SEEDS), *floors])
    assert len(labels) == KEPT
    for question in ("reconstruction", "latent", "samples"):
        for suffix in ("md", "csv", "tex"):
            assert (folder / "tables" / f"{question}.{suffix}").stat().st_size > 100
    columns = (folder / "results.csv").read_text().splitlines()[0].split(",")
    assert columns[:11] == [
        "dataset", "protocol", "model", "sampler", "features", "seed", "question", "metric", "value", "unit", "better",
    ]  # fmt: skip
    assert {path.name for path in (folder / "figures").iterdir()} >= {
        "reconstructions.png", "samples.png", "nearest.png", "latent.png", "curves.png", "manifold-ae.png",
    }  # fmt: skip


@pytest.mark.slow
def test_a_run_prints_one_screen_or_with_json_a_summary(smoke_run, copied, capsys):
    screen = smoke_run.output[smoke_run.output.index("Results on mnist-5k, protocol smoke") :]
    assert {"ae", "vae", "beta-vae"} <= {line.partition(",")[0] for line in screen.splitlines()}
    assert run_app([*SMOKE, "--json", "--out", str(copied)]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["trials"] == {"done": KEPT}
    assert (facts["dataset"], facts["failed"], facts["exit_code"]) == ("mnist-5k", [], 0)


@pytest.mark.slow
def test_a_second_run_computes_nothing_and_changes_nothing(smoke_run, copied, capsys):
    before = {path: path.read_bytes() for path in copied.glob("trials/*/*")}
    assert run_app([*SMOKE, "--out", str(copied)]) == 0
    assert f"0 trials to run, {KEPT} kept" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in copied.glob("trials/*/*")} == before


@pytest.fixture(scope="module")
def mended(smoke_run, tmp_path_factory):
    """A copy that lacked one seed of the autoencoder and had an older metric of the other, run again with one job."""
    folder = shutil.copytree(smoke_run.folder, tmp_path_factory.mktemp("mended") / "copied")
    shutil.rmtree(record_path(folder, "ae", 0).parent)
    path = record_path(folder, "ae", 1)
    record = json.loads(path.read_text())
    del record["digest"]
    record["metrics"]["mse"] = 0
    for row in record["scores"]:
        if row["family"] == "mse":
            row["value"], row["version"] = -1.0, 0
    path.write_text(json.dumps(record))
    result = run_command(*SMOKE, "--jobs", "1", "--out", str(folder))
    assert result.returncode == 0, result.stderr
    assert f"2 trials to run (2 of models), {KEPT - 2} kept" in result.stderr
    return folder


@pytest.mark.slow
def test_one_job_gives_the_same_bits_as_two(smoke_run, mended):
    alone, together = (json.loads(record_path(folder, "ae", 0).read_text()) for folder in (mended, smoke_run.folder))
    assert alone["timing"] != together["timing"]
    assert without_times(alone) == without_times(together)


@pytest.mark.slow
def test_a_new_version_of_a_metric_is_scored_from_the_saved_weights(smoke_run, mended):
    original, scored = (json.loads(record_path(folder, "ae", 1).read_text()) for folder in (smoke_run.folder, mended))
    assert in_order(scored["scores"]) == in_order(original["scores"])
    assert scored["timing"]["train"] == original["timing"]["train"]


@pytest.mark.parametrize(("form", "text"), [("md", "| ae"), ("csv", "nll"), ("latex", "\\begin{tabular}")])
def test_tables_are_printed_in_every_format(smoke_run, form, text, capsys):
    assert run_app(["table", str(smoke_run.folder), "--format", form]) == 0
    assert text in capsys.readouterr().out


def test_tables_are_printed_as_json(smoke_run, capsys):
    assert run_app(["table", str(smoke_run.folder), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)


@pytest.mark.slow
def test_figures_are_drawn_again_without_tensorflow(copied):
    (copied / "figures" / "latent.png").unlink()
    code = (
        "import sys; from aezoo.bench.app import run_app; code = run_app(['figures', sys.argv[1]]);"
        "sys.exit(code or 'tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(copied)], check=False).returncode == 0
    assert (copied / "figures" / "latent.png").exists()


def test_help_answers_at_once():
    """In processor time, of which a bare interpreter takes 0.02 s where the page takes 0.25 s."""
    bare = min(processor_seconds("-c", "pass") for _ in range(3))
    assert min(processor_seconds("-m", "aezoo.bench", "--help") for _ in range(3)) < 30 * bare


def processor_seconds(*arguments: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_help_of_all_commands_imports_no_tensorflow_and_no_pandas():
    code = (
        "import sys; from aezoo.bench.app import run_app; code = run_app(['--help']);"
        "heavy = [name for name in ('tensorflow', 'keras', 'pandas', 'scipy') if name in sys.modules];"
        "sys.exit(code or ', '.join(heavy) or 0)"
    )
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_command_that_is_mistyped_is_told_its_neighbours(capsys):
    assert run_app(["tabel"]) == 2
    assert "Did you mean 'table'?" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["-h"], *[[name, "-h"] for name in COMMANDS]])
def test_both_spellings_of_help_show_the_same_page(arguments, capsys):
    assert run_app(arguments) == 0
    page = capsys.readouterr().out
    assert run_app([*arguments[:-1], "--help"]) == 0
    assert capsys.readouterr().out == page
    assert "-h, --help" in page


def test_the_first_page_has_the_first_sentence_of_every_command(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    assert run_app(["--help"]) == 0
    page = capsys.readouterr().out
    for name in COMMANDS:
        command = import_module(f"aezoo.bench.commands.{name}").command
        assert re.search(rf"^  {name} +{re.escape(first_sentence(command.__doc__))}$", page, re.MULTILINE), name


def test_help_is_as_wide_as_columns_says(capsys, monkeypatch):
    for width in (60, 160):
        monkeypatch.setenv("COLUMNS", str(width))
        assert run_app(["--help"]) == 0
        assert width - 12 < max(map(len, capsys.readouterr().out.splitlines())) <= width


def test_no_page_of_help_is_wider_than_columns_says(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    for name in COMMANDS:
        assert run_app([name, "--help"]) == 0
        assert max(map(len, capsys.readouterr().out.splitlines())) <= 60, name


def test_a_dry_run_and_its_messages_are_as_narrow_as_columns_says(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNS", "40")
    options = ["--dataset", "mnist-5k", "--seeds", "0", "--out", str(tmp_path)]
    assert run_app(["--models", "ae", "--dry-run", *options]) == 0
    shown = capsys.readouterr()
    lines = [*shown.out.splitlines(), *shown.err.splitlines()]
    assert max(len(line) for line in lines if str(tmp_path) not in line) <= 40
    assert "  ae seed 0: train and score, time" in lines


@pytest.mark.parametrize("module", ["aezoo", "aezoo.bench"])
def test_the_version_is_printed_by_either_module(module):
    ended = subprocess.run([sys.executable, "-m", module, "--version"], check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (0, f"aezoo {__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--models", "vea"], 2, "unknown model 'vea'; did you mean vae"),
        (["--models", "beta-vae:bta=3"], 2, "unknown parameter of beta-vae 'bta'; did you mean beta"),
        (["--models", "beta-vae:beta=x"], 2, "model 'beta-vae': parameter beta=x is not a finite number; give one"),
        (["--models", "beta-vae:beta=nan"], 2, "model 'beta-vae': parameter beta=nan is not a finite number"),
        (["--models", "vae:beta=true"], 2, "model 'vae': parameter beta=True is not a finite number"),
        (["--models", "wgan-gp:critic_steps=2.5"], 2, "'wgan-gp': parameter critic_steps=2.5 is not a whole number"),
        (["--models", "../../x"], 2, "unknown model '../../x'"),
        (["--models", "beta-vae:beta=2:beta=3"], 2, "model 'beta-vae:beta=2:beta=3' sets beta twice; set it once"),
        (["--set", "epochs=3", "--set", "epochs=5"], 2, "setting epochs is given twice; give it once"),
        (["--seeds", "5-1"], 2, "seeds '5-1' run backwards; write 1-5"),
        (["--latent-dim", "0"], 2, "latent_dim: found '0'; it must be greater than or equal to 1"),
        (["--epochs", "-3"], 2, "epochs: found '-3'"),
        (["--jobs", "0"], 2, "jobs: found '0'"),
        (["--protocol", "chaptr"], 2, "unknown protocol 'chaptr'; did you mean chapter"),
        (["--dataset", "mnst"], 2, "unknown dataset 'mnst'; did you mean mnist"),
        (["list", "model"], 2, "unknown kind 'model'; did you mean models"),
        (["--suite", "absent.toml"], 2, "suite file absent.toml cannot be read: No such file or directory"),
        (["--dataset", "mnist", "--data-file", "absent.npz"], 5, "absent.npz"),
        (["table", "absent-folder"], 6, "absent-folder holds no results"),
        (["--dataset", "mnist-5k", "--out", "/dev/null/results"], 6, "/dev/null/results cannot be written"),
    ],
)
def test_bad_input_is_one_line_and_its_exit_code(arguments, code, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run_app(arguments) == code
    error = capsys.readouterr().err
    assert message in error
    assert len(error.strip().splitlines()) == 1
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--retry", "faild"], "Invalid value for '--retry': 'faild' is not one of 'failed', 'code'"),
        (["--timeout", "x"], "Invalid value for '--timeout': it must be a valid number"),
        (["--set", "batch_size=x"], "batch_size: found 'x'; it must be a valid integer"),
        (["--latent-dim", "-1"], "latent_dim: found '-1'; it must be greater than or equal to 1"),
    ],
)
def test_no_words_of_a_validator_are_handed_on(arguments, message, capsys):
    assert run_app([*arguments, "--dataset", "mnist-5k", "--dry-run"]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Value error" not in error
    assert "Input should" not in error


@pytest.mark.parametrize(
    "arguments",
    [
        ["verdict", "FOLDER", "--models", ""],
        ["agreement", "FOLDER", "--models", ","],
        ["figures", "FOLDER", "--models", ""],
        ["compare", "FOLDER", "FOLDER", "--models", "", "--fail-on", "nll:+2%"],
        ["report", "FOLDER", "--explore", " "],
        ["run", "--questions", ""],
        ["run", "--samplers", ","],
        ["run", "--also", ""],
    ],
)
def test_an_option_that_names_nothing_does_not_stand_for_all(arguments, capsys, tmp_path):
    folder = Path(__file__).parents[2] / "results" / "burda"
    assert run_app([str(folder) if word == "FOLDER" else word for word in arguments]) == 2
    option = next(word for word in arguments if word.startswith("--"))
    assert f"error: {option}" in (error := capsys.readouterr().err)
    assert "names nothing; give at least one name, or leave" in error


def test_usage_errors_of_the_command_line_itself_exit_2(capsys):
    assert run_app(["--no-such-option"]) == 2
    assert run_app(["list", "nothing"]) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('modles = ["ae"]', "unknown key 'modles'; did you mean models"),
        ("epochs = true", "epochs: found 'True'"),
        ("jobs = true", "jobs: found 'True'"),
        ("seeds = [true]", "seeds.0: found 'True'"),
        ("models = ['vea']", "unknown model 'vea'; did you mean vae"),
        ("also = 'asi'", "unknown slow metric 'asi'"),
        ("models = [", "is not TOML"),
        ("seeds = [0, -1]", "seeds"),
        ("epochs = 'many'", "epochs"),
        ("latent_dim = nan", "latent_dim"),
        ("seeds = '0-999999999'", "too many"),
        ("models = []", "models"),
        ("a = " + "[" * 100_000, "is not TOML"),
    ],
)
def test_bad_suite_files_name_the_key(tmp_path, text, message, capsys):
    file = tmp_path / "suite.toml"
    file.write_text(text)
    assert run_app(["--suite", str(file), "--dataset", "mnist-5k"]) == 2
    error = capsys.readouterr().err
    assert f"suite file {file}" in error
    assert message in error
    assert len(error.strip().splitlines()) == 1


def test_what_a_suite_file_says_twice_is_planned_once(tmp_path):
    file = tmp_path / "suite.toml"
    file.write_text('models = ["ae", "vae", "ae"]\nseeds = [3, 0, 3]\n')
    suite = read_options({}, file).suite()
    assert ([subject.label for subject in suite.models], suite.seeds) == (["ae", "vae"], (3, 0))
    trials = [trial.id for trial in suite.trials("mnist-5k")]
    assert len(trials) == len(set(trials))


def test_a_wrong_parameter_is_refused_without_tensorflow_and_stores_nothing(tmp_path):
    code = (
        "import sys; from aezoo.bench.app import run_app;"
        "code = run_app(['run', '--models', 'beta-vae:beta=x', '--dataset', 'mnist-5k', '--out', sys.argv[1]]);"
        "sys.exit(code if 'tensorflow' not in sys.modules else 99)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path / "out")], check=False, capture_output=True)
    assert ended.returncode == 2
    assert not (tmp_path / "out").exists()


def test_a_suite_file_says_what_options_say_and_options_win(tmp_path):
    file = tmp_path / "suite.toml"
    file.write_text('models = ["ae", "beta-vae:beta=2"]\nseeds = "0-1"\nprotocol = "smoke"\nlatent_dim = 8\n')
    options = read_options({"seeds": "7", "epochs": None}, file)
    suite = options.suite()
    assert [subject.label for subject in suite.models] == ["ae", "beta-vae:beta=2"]
    assert (suite.seeds, suite.protocol.name, suite.protocol.latent_dim) == ((7,), "smoke", 8)


def planned(capsys, *options: str) -> str:
    assert run_app(["--dataset", "mnist-5k", "--dry-run", "--seeds", "0", *options]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("setting", ["epochs=15", "latent_dim=15"])
def test_a_setting_with_an_option_of_its_own_may_be_set_either_way_and_not_twice(tmp_path, capsys, setting):
    name, _, value = setting.partition("=")
    option, out = "--" + name.replace("_", "-"), ("--models", "ae", "--out", str(tmp_path / "none"))
    found = [json.loads(planned(capsys, *way, *out, "--json")) for way in (("--set", setting), (option, value), ())]
    ids = [plan["would_run"][0]["id"] for plan in found]
    assert ids[0] == ids[1] != ids[2]
    assert run_app(["--dataset", "mnist-5k", "--dry-run", "--set", setting, option, value, *out]) == 2
    assert f"{name} is given by --set and by {option}; give it once" in capsys.readouterr().err


def test_a_dry_run_with_json_is_one_object(tmp_path, capsys):
    plan = json.loads(planned(capsys, "--models", "ae", "--out", str(tmp_path / "none"), "--json"))
    assert (plan["dataset"], plan["kept"], len(plan["would_run"])) == ("mnist-5k", 0, 5)
    (ae,) = [each for each in plan["would_run"] if each["label"] == "ae"]
    assert (ae["seed"], ae["trains"], ae["reasons"]) == (0, True, ["missing"])


def test_models_given_twice_add_up(tmp_path, capsys):
    page = planned(capsys, "--models", "ae", "--models", "vae,gan", "--out", str(tmp_path / "none"))
    assert page.startswith("7 trials would run (3 of models, 4 of floors)")


def test_a_suite_file_with_a_byte_order_mark_is_read(tmp_path, capsys):
    file = tmp_path / "suite.toml"
    file.write_text('models = ["gan"]\n', encoding="utf-8-sig")
    assert "  gan seed 0: train and score" in planned(capsys, "--suite", str(file), "--out", str(tmp_path / "none"))


def test_settings_of_the_protocol_come_from_files_and_options_and_options_win(tmp_path):
    file = tmp_path / "suite.toml"
    file.write_text('optimizer = "adam"\nepochs = 7\nhidden_layers = 2\n')
    protocol = read_options({"epochs": 3, "hidden_layers": None}, file).suite().protocol
    assert (protocol.optimizer, protocol.epochs, protocol.hidden_layers) == ("adam", 3, 2)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("optimzer=adam", "unknown setting of the protocol 'optimzer'; did you mean optimizer?"),
        ("optimizer=adm", "unknown optimizer 'adm'; did you mean adam"),
        ("optimizer", "setting 'optimizer' is not understood; write field=value"),
        ("hidden_layers=many", "hidden_layers: found 'many'"),
        ("activation=sine", "activation: found 'sine'"),
        ("name=mine", "unknown setting of the protocol 'name'"),
    ],
)
def test_a_setting_that_cannot_be_is_one_line(setting, message, capsys, tmp_path):
    assert run_app(["--set", setting, "--dataset", "mnist-5k", "--out", str(tmp_path / "none")]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.strip().splitlines()) == 1


def test_settings_reach_the_trials(tmp_path, capsys):
    folder = tmp_path / "results"
    suite = read_options({"optimizer": "adam", "batch_size": 50, "models": ["ae"], "seeds": "0"}, None).suite()
    store = Store(folder)
    store.create()
    for trial in suite.trials("mnist-5k"):
        store.commit({**new_record(trial), "status": "error", "error": describe_error(ValueError())}, {})
    options = ["--models", "ae", "--out", str(folder)]
    assert planned(capsys, *options, "--set", "optimizer=adam", "--set", "batch_size=50").startswith("0 trials")
    assert planned(capsys, *options, "--set", "optimizer=adam").startswith("5 trials")


def test_one_seed_is_said_to_be_one(tmp_path, capsys):
    options = ["--dataset", "mnist-5k", "--dry-run", "--out", str(tmp_path / "none")]
    assert run_app([*options, "--seeds", "5"]) == 0
    assert "seeds 5 is seed 5 alone; for 5 seeds write 0-4\n" in capsys.readouterr().err


@pytest.mark.slow
def test_lists_need_no_tensorflow():
    code = (
        "import sys; from aezoo.bench.app import run_app; code = run_app(['list']);"
        "sys.exit(code or 'keras' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0
    for name in ("beta-vae", "fd", "mnist-5k", "gaussian-mixture", "oracle", "chapter"):
        assert name in result.stdout


def listed(kind: str, capsys) -> dict[str, str]:
    """Each name with its whole text, on one line."""
    assert run_app(["list", kind]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 100
    found: dict[str, str] = {}
    for line in lines:
        name = list(found)[-1] if line.startswith(" ") else line.split()[0]
        found[name] = " ".join([found.get(name, ""), *line.split()]).strip()
    return found


def test_every_registry_can_be_listed_by_its_name(capsys):
    assert list(listed("trackers", capsys)) == ["mlflow", "tensorboard", "trackio", "wandb"]


def test_lists_show_whole_sentences_and_what_tells_things_apart(capsys):
    models = listed("models", capsys)
    assert "one draw of z an image. parameters: beta=1.0 variational; Kingma and Welling 2014" in models["vae"]
    assert "one draw of z an image. parameters: beta=4 variational; Higgins et al. 2017" in models["beta-vae"]
    assert "L(x) = -ln p(x | f(x)). deterministic; Hinton" in models["ae"]
    assert models["vae"].endswith("protocols chapter, chapter-16, burda, conv, dec, smoke")
    metrics = listed("metrics", capsys)
    assert metrics["mse"].endswith("reconstruction, version 1; mse: lower, squared intensity")
    assert "density: target 1, ratio; coverage: higher, share" in metrics["prdc"]
    assert "vendi: target the oracle's, effective images" in metrics["vendi"]
    assert f"likelihood, version {METRICS.get('ais').version}, slow: only when asked for" in metrics["ais"]
    assert "ais_gap: neither way is better" in metrics["ais"]
    controls = listed("controls", capsys)
    assert controls["blur"].endswith("draws from oracle; doses 0.3, 0.5, 1, 2 (1 unless said), sigma in pixels")
    assert controls["oracle"].endswith("draws from oracle; no dose")


def test_one_thing_is_listed_by_its_name_and_a_score_as_its_metric(capsys):
    assert run_app(["list", "metrics", "mse"]) == 0
    entry = capsys.readouterr().out
    assert entry.startswith("mse  ")
    assert "squared intensity" in entry
    assert run_app(["list", "metrics", "fd_judge"]) == 0
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first == "fd_judge is a score of the metric fd"
    assert second.startswith("fd  ")
    assert run_app(["list", "controls", "oracel"]) == 2
    assert "unknown control 'oracel'; did you mean oracle" in capsys.readouterr().err


def test_one_metric_says_where_its_formula_and_source_stand_and_they_do(capsys):
    assert run_app(["list", "metrics", "mig"]) == 0
    entry = " ".join(capsys.readouterr().out.split())
    assert entry.endswith('source: python -c "from aezoo.metrics.disentanglement import mig; help(mig)"')
    for name, metric in METRICS.items():
        module, function = re.search(r"from (\S+) import (\w+); help\(\2\)", definition(metric)).groups()
        found = getattr(import_module(module), function)
        assert found is metric.function, name
        assert "Source:" in found.__doc__, name


def test_lists_are_as_narrow_as_columns_says(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "70")
    assert run_app(["list", "metrics"]) == 0
    assert 58 < max(map(len, capsys.readouterr().out.splitlines())) <= 70


def test_help_shows_the_options_of_run_and_debug(capsys):
    assert run_app(["run", "--help"]) == 0
    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    assert len(options) > 10
    assert run_app(["--help"]) == 0
    page = capsys.readouterr().out
    assert options | {"--debug"} <= set(re.findall(r"--[a-z-]+", page))
    assert "..." not in page.partition("Options of run")[0].partition("COMMAND [ARGS]...")[2]


@pytest.mark.parametrize("beneath", ["", "folder"])
@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_a_file_is_no_results_folder(tmp_path, capsys, options, beneath):
    (tmp_path / "file").write_text("mine")
    out = tmp_path / "file" / beneath
    assert run_app(["--dataset", "mnist-5k", "--out", str(out), *options]) == 6
    error = capsys.readouterr().err
    assert error == (
        f"error: results folder {out} cannot be written: {tmp_path / 'file'} is a file; choose another with --out\n"
    )
    assert (tmp_path / "file").read_text() == "mine"


def test_a_dry_run_counts_models_and_floors_apart(tmp_path, capsys):
    assert run_app(["--dataset", "mnist-5k", "--dry-run", "--out", str(tmp_path / "none")]) == 0
    assert "15 trials would run (9 of models, 6 of floors), 0 kept" in capsys.readouterr().out
    options = ["--models", "ae,blur", "--seeds", "0"]
    assert run_app(["--dataset", "mnist-5k", "--dry-run", "--out", str(tmp_path / "none"), *options]) == 0
    assert "6 trials would run (1 of models, 4 of floors, 1 of controls)" in capsys.readouterr().out


def test_a_text_as_exit_code_is_an_error(monkeypatch, capsys):
    monkeypatch.setattr("aezoo.bench.app.make_app", lambda: lambda *_, **__: sys.exit("needs a GPU"))
    assert run_app(["list"]) == 1
    assert "error: needs a GPU" in capsys.readouterr().err


def test_windows_is_refused_in_one_line(monkeypatch, capsys):
    monkeypatch.setattr("aezoo.bench.app.os", SimpleNamespace(name="nt"))  # pathlib asks os.name as well
    assert run_app(["--version"]) == 2
    assert capsys.readouterr().err == "error: aezoo needs Linux or macOS; on Windows use WSL\n"
