@echo off
rem Finds the .NET SDK, builds the small program that reads the command line (build\CommandLine), and runs it: build.cmd [TARGET] [--parameter value ...]
setlocal
set DOTNET_NOLOGO=1
set DOTNET_CLI_TELEMETRY_OPTOUT=1
set MSBUILDDISABLENODEREUSE=1
set DOTNET_GCgen0size=0x1000000
where dotnet >nul 2>nul || (echo build.cmd: got no 'dotnet' on the PATH, expected the .NET SDK 10. Install it from https://dot.net and run this again. 1>&2& exit /b 2)
for /f %%v in ('dotnet --version') do set EMPIPELINE_SDK=%%v
for /f "tokens=1 delims=." %%v in ("%EMPIPELINE_SDK%") do if %%v LSS 10 (echo build.cmd: got .NET SDK %EMPIPELINE_SDK%, expected 10 or later. Install it from https://dot.net and run this again. 1>&2& exit /b 2)
dotnet build "%~dp0build\CommandLine\EmPipeline.CommandLine.csproj" -c Release --nologo -v q -clp:NoSummary || exit /b 1
dotnet "%~dp0artifacts\bin\EmPipeline.CommandLine\release\EmPipeline.CommandLine.dll" %*
