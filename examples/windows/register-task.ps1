#Requires -Version 5.1
#Requires -RunAsAdministrator

# Registers a task that imports the photos in the inbox every night, and moves each to a folder: done, or failed, where
# the reason is beside it.
#
# Run this script once in an elevated PowerShell on a machine of the domain; if you run it again, it replaces the task.
# The task runs as a group managed service account, whose password nobody knows, and signs in with Kerberos. A domain
# administrator makes such an account (Add-KdsRootKey is needed once for the whole domain, before that):
#   New-ADServiceAccount svc-photo -DNSHostName svc-photo.ad.example.com -PrincipalsAllowedToRetrieveManagedPassword 'HR01$'
#   Install-ADServiceAccount svc-photo
# On HR01, the account needs the right "Log on as a batch job" (secpol.msc, User Rights Assignment), and in the domain
# the right to write thumbnailPhoto: adphoto check prints the command that delegates it.
# adphoto must be built with Kerberos (docs/install.md). (This script was not tried by its authors, who have no Windows
# domain; tell them what you find.)
#
# The task's last result is adphoto's exit code: 0 all done; 3 finished, but some photos could not be imported (the log
# and the report say which; a photo whose name or file is wrong is in the folder failed, any other stays in the inbox);
# 1 it could not run. docs/nightly.md has a line that mails the result. The log also names each run's journal: to undo a
# run, give the journal's path to adphoto undo.

$ErrorActionPreference = 'Stop'

$account = 'EXAMPLE\svc-photo$'
$domain  = 'ad.example.com'
$adphoto = 'C:\Program Files\adphoto\adphoto.exe'
$photos  = 'D:\Photos'

if (-not (Test-Path -LiteralPath $adphoto)) { throw "There is no $adphoto" }
$isNew = -not (Test-Path -LiteralPath $photos)
New-Item -ItemType Directory -Force -Path $photos, "$photos\inbox", "$photos\done", "$photos\failed", "$photos\log" | Out-Null

# Files inherit the rights of their folder, which here are only those of administrators (S-1-5-32-544), the system
# (S-1-5-18) and the account. A folder that existed before keeps its rights, since others may need them. People who
# bring photos also need a right to the inbox: icacls D:\Photos\inbox /grant "EXAMPLE\HR:(OI)(CI)M"
if ($isNew) {
    icacls $photos /inheritance:r /grant:r '*S-1-5-32-544:(OI)(CI)F' '*S-1-5-18:(OI)(CI)F' "${account}:(OI)(CI)M" | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "icacls could not set the rights of $photos" }
} else {
    Write-Warning "$photos was there and keeps its rights: see that $account may change it, and that only those read it who should"
}

# There must be no backslash before a closing quotation mark: programs read the two as one character.
$arguments = "import `"$photos\inbox`" --move-done `"$photos\done`" --move-failed `"$photos\failed`" " +
             "--max-changes 5% --keep-journals 90 " +
             "--domain $domain --kerberos --log-file `"$photos\log\import.log`" --report `"$photos\log\report.html`""
# Journals contain photos. Runs of the last 90 days can be undone, and older journals are deleted (--keep-journals).
$import    = New-ScheduledTaskAction -Execute $adphoto -Argument $arguments
$trigger   = New-ScheduledTaskTrigger -Daily -At '02:15'
# Windows calls it Password even if Windows itself keeps the password.
$principal = New-ScheduledTaskPrincipal -UserId $account -LogonType Password
$settings  = New-ScheduledTaskSettingsSet -StartWhenAvailable -MultipleInstances IgnoreNew -ExecutionTimeLimit (New-TimeSpan -Hours 4)

Register-ScheduledTask -TaskName 'adphoto import' -Action $import -Trigger $trigger -Principal $principal -Settings $settings -Force
