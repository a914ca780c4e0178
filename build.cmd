@echo off
rem Finds the .NET SDK, builds the pipeline, and hands target and parameters to MSBuild: build.cmd [TARGET] [--parameter value ...]
setlocal enabledelayedexpansion
set root=%~dp0
set DOTNET_NOLOGO=1
where dotnet >nul 2>nul || (echo build.cmd: got no 'dotnet' on the PATH, expected the .NET SDK 10. Install it from https://dot.net and run this again. 1>&2 & exit /b 2)
for /f "tokens=1 delims=." %%v in ('dotnet --version') do if %%v LSS 10 (echo build.cmd: got .NET SDK %%v, expected 10 or later. Install it from https://dot.net and run this again. 1>&2 & exit /b 2)
set target=Catalog
set properties=
:next
if "%~1"=="" goto run
set word=%~1
if "!word!"=="--help" (set target=Help& shift& goto next)
if "!word:~0,2!"=="--" (
  set name=!word:~2!
  set name=!name:-=!
  if /i "!name!"=="output" set name=OutputFile
  set value=%~2
  if "!value!"=="" (set properties=!properties! "-p:!name!=true"& shift& goto next)
  if "!value:~0,2!"=="--" (set properties=!properties! "-p:!name!=true"& shift& goto next)
  set properties=!properties! "-p:!name!=!value!"
  shift& shift& goto next
)
set target=!word!
shift
goto next
:run
dotnet build "%root%build\EmPipeline.Build.csproj" -c Release -v q --nologo -clp:NoSummary || exit /b 1
dotnet build "%root%src\EmPipeline.Demo\EmPipeline.Demo.csproj" -c Release -v q --nologo -clp:NoSummary || exit /b 1
dotnet msbuild "%root%build\Pipeline.proj" "-t:%target%" %properties% -m:8 -nologo -noconsolelogger "-logger:EmPipeline.Build.Logging.PipelineLogger,%root%artifacts\pipeline\EmPipeline.Build.dll;target=%target%"
