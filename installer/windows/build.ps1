# Builds the Windows installer on Windows 10 or 11, 64 bit, from a checkout:
#
#   powershell -ExecutionPolicy Bypass -File installer\windows\build.ps1
#
# Needs Python 3.11 (64 bit) and NSIS 3 (makensis.exe on PATH or in its usual place), and the package registry for the locked wheels.
# What it leaves: dist\clerk-app\, dist\clerk-app-VERSION-setup.exe and its SHA-256.
param(
    [string]$Python = "py",
    [string[]]$PythonArguments = @("-3.11"),
    [string]$CertificateThumbprint = ""
)
$ErrorActionPreference = "Stop"
Set-StrictMode -Version Latest
$env:PYTHONUTF8 = "1"
$root = (Resolve-Path (Join-Path $PSScriptRoot "..\..")).Path
Set-Location -LiteralPath $root

function Invoke-Checked {
    param([string]$Program, [string[]]$Words)
    & $Program @Words
    if ($LASTEXITCODE -ne 0) { throw "$Program ended with $LASTEXITCODE" }
}

$venv = Join-Path $root ".venv"
$inside = Join-Path $venv "Scripts\python.exe"
if (-not (Test-Path -LiteralPath $inside)) {
    Invoke-Checked $Python ($PythonArguments + @("-m", "venv", $venv))
}
Invoke-Checked $inside @("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", "requirements.lock")

# Freezes, looks for what is missing, and starts the frozen program.
Invoke-Checked $inside @("-m", "installer.build")

$version = & $inside -c "import clerk_app; print(clerk_app.__version__)"
if ($CertificateThumbprint) {
    Invoke-Checked "signtool.exe" @("sign", "/sha1", $CertificateThumbprint, "/fd", "SHA256", "dist\clerk-app\clerk-app.exe")
    Invoke-Checked $inside @("-c", "from pathlib import Path; from installer.build import note_files; note_files(Path('dist/clerk-app'))")
}

$makensis = (Get-Command makensis.exe -ErrorAction SilentlyContinue)
$makensis = if ($makensis) { $makensis.Source } else { Join-Path ${env:ProgramFiles(x86)} "NSIS\makensis.exe" }
$payload = Join-Path $root "dist\clerk-app"
$setup = Join-Path $root "dist\clerk-app-$version-setup.exe"
Invoke-Checked $makensis @("/WX", "/INPUTCHARSET", "UTF8", "/DVERSION=$version", "/DPAYLOAD=$payload", "/DOUTFILE=$setup",
    (Join-Path $root "installer\windows\clerk-app.nsi"))
if ($CertificateThumbprint) {
    Invoke-Checked "signtool.exe" @("sign", "/sha1", $CertificateThumbprint, "/fd", "SHA256", $setup)
}
$hash = (Get-FileHash -Algorithm SHA256 -LiteralPath $setup).Hash.ToLowerInvariant()
"$hash  $(Split-Path -Leaf $setup)" | Tee-Object -FilePath "$setup.sha256"
