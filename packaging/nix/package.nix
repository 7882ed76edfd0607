# A derivation for nixpkgs' callPackage; what nixpkgs lacks is built here from PyPI's wheels.
{
  lib,
  python3Packages,
  fetchurl,
  libarchive,
  src ? ../..,
}:

let
  wheel =
    {
      pname,
      version,
      tag ? "py3-none-any",
      hash,
    }:
    python3Packages.buildPythonPackage {
      inherit pname version;
      format = "wheel";
      src = fetchurl {
        url = "https://files.pythonhosted.org/packages/py3/${lib.substring 0 1 pname}/${pname}/${pname}-${version}-${tag}.whl";
        sha256 = hash;
      };
      doCheck = false;
    };

  # as in requirements/run.txt
  asyncinotify = wheel {
    pname = "asyncinotify";
    version = "4.4.4";
    hash = "9f4236249d78af4451eb689d0c1ed1f52ab5d44a22c7dd699f3dd34f2c3e01f4";
  };
  python-mpv-jsonipc = wheel {
    pname = "python_mpv_jsonipc";
    version = "1.5.0";
    hash = "f9ce720a07a005c6e37b3eacccffe220ad73cf5d5b0aa9dd77dbe8578be4f249";
  };
in
python3Packages.buildPythonApplication {
  pname = "kotozoe";
  version = lib.head (builtins.match ''.*__version__ = "([^"]+)".*'' (builtins.readFile ../../daemon/kotozoe/__init__.py));
  inherit src;
  pyproject = true;

  build-system = [ python3Packages.hatchling ];
  dependencies =
    (with python3Packages; [
      guessit
      httpx
      libarchive-c
      platformdirs
      rapidfuzz
      rich
      shtab
      watchfiles
      webrtcvad
    ])
    ++ [
      asyncinotify
      python-mpv-jsonipc
    ];

  # webrtcvad-wheels is webrtcvad with wheels; versions of nixpkgs may be older than asked for
  pythonRelaxDeps = true;
  pythonRemoveDeps = [ "webrtcvad-wheels" ];
  makeWrapperArgs = [ "--set LIBARCHIVE ${lib.getLib libarchive}/lib/libarchive.so" ];

  # the user's service, and mpv's script for programs.mpv.scripts
  postInstall = ''
    install -Dm644 systemd/kotozoe.service $out/lib/systemd/user/kotozoe.service
    substituteInPlace $out/lib/systemd/user/kotozoe.service \
      --replace-fail '%h/.local/bin/kotozoe' "$out/bin/kotozoe"
    install -Dm644 mpv-scripts/kotozoe.lua $out/share/mpv/scripts/kotozoe.lua
  '';
  passthru.scriptName = "kotozoe.lua";

  pythonImportsCheck = [ "kotozoe" ];
  doCheck = false; # the tests play videos

  meta = {
    description = "Right Japanese subtitle from Jimaku, in mpv";
    homepage = "https://github.com/kotozoe/kotozoe";
    license = lib.licenses.mit;
    platforms = lib.platforms.linux;
    mainProgram = "kotozoe";
  };
}
