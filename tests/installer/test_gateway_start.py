"""The gateway's configuration file: what it says becomes the command's words, inside the process, and a wrong one says so."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from clerk_app.cli import build_parser
from installer import gateway_start
from installer.debian import LINUX
from installer.gateway_start import WrongConfiguration, arguments, configured
from installer.recipe import WINDOW_ONLY

SHIPPED = (LINUX / "gateway" / "gateway.toml").read_text(encoding="utf-8")


def test_the_shipped_file_is_what_the_command_line_knows():
    words = arguments(["serve"], configured(SHIPPED))
    told = build_parser("gateway").parse_args(words)
    assert (str(told.data), told.host, told.port, told.workers) == ("/var/lib/clerk-gateway", "127.0.0.1", 8460, 1)
    assert told.database == ""
    assert told.tls_name == []
    assert not told.behind_proxy


def test_postgresql_and_names_by_the_file():
    text = 'data = "/srv/g"\ndatabase = "postgresql+psycopg://g:s@db/g"\ntls_names = ["a.example.cn", "10.0.0.1"]\nworkers = 4\n'
    told = build_parser("gateway").parse_args(arguments(["serve"], configured(text)))
    assert told.database == "postgresql+psycopg://g:s@db/g"
    assert told.tls_name == ["a.example.cn", "10.0.0.1"]
    assert told.workers == 4


def test_words_that_are_given_win_and_other_commands_get_only_where_the_data_are():
    told = configured('data = "/srv/g"\nport = 8460\ndatabase = "sqlite:///x"\n')
    assert arguments(["serve", "--port", "9"], told)[-2:] == ["--port", "9"]
    assert build_parser("gateway").parse_args(arguments(["serve", "--port", "9"], told)).port == 9
    words = arguments(["enrol", "500199", "03"], told)
    assert words == ["gateway", "enrol", "--data=/srv/g", "--database=sqlite:///x", "500199", "03"]
    assert str(build_parser("gateway").parse_args(words).data) == "/srv/g"
    assert arguments(["openapi"], told) == ["gateway", "openapi"]
    assert arguments(["--help"], told) == ["gateway", "--help"]
    assert arguments([], told) == ["gateway"]


@pytest.mark.parametrize(
    "text", ["data = ", 'prot = 1\ndata = "/x"', 'port = "8460"', "behind_proxy = 1", 'tls_names = "a"']
)
def test_a_wrong_file_is_refused_in_words(text, tmp_path, monkeypatch, capsys):
    with pytest.raises(WrongConfiguration):
        configured(text)
    (tmp_path / "gateway.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv(gateway_start.VARIABLE, str(tmp_path / "gateway.toml"))
    monkeypatch.setattr("sys.argv", ["clerk-gateway", "serve"])
    assert gateway_start.main() == 2
    assert "配置文件" in capsys.readouterr().err


def test_a_password_is_never_quoted(tmp_path):
    with pytest.raises(WrongConfiguration) as refused:
        configured('database = ["postgresql://g:geheim@db/g"]')
    assert "geheim" not in str(refused.value)


def test_a_gateway_runs_without_anything_of_the_window(tmp_path):
    code = (
        "import sys\n"
        f"for name in {WINDOW_ONLY!r}: sys.modules[name] = None\n"
        "from clerk_app.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    words = (
        "gateway",
        "enrol",
        "500199",
        "03",
        "--name",
        "样例",
        "--short",
        "样",
        "--data",
        str(tmp_path / "g"),
        "--json",
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["token"]
    served = [sys.executable, "-c", code, "gateway", "serve", "--data", str(tmp_path / "g"), "--port", "0", "--json"]
    with subprocess.Popen(served, stdout=subprocess.PIPE, encoding="utf-8") as serving:
        assert serving.stdout is not None
        assert json.loads(serving.stdout.readline())["url"].startswith("http://127.0.0.1:")
        serving.terminate()
