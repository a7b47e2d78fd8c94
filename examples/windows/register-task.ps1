#Requires -Version 5.1
#Requires -RunAsAdministrator

# Imports what lies in the inbox every night, and moves it to the folder of what is done, or of what failed, with the reason
# beside it.
#
# Run once in an elevated PowerShell on a machine of the domain; run again, it replaces the task. The task runs as a group
# managed service account, which has no password that anybody knows, and signs in by Kerberos. Such an account is made by
# a domain administrator (once in a domain's life, Add-KdsRootKey comes before):
#   New-ADServiceAccount svc-photo -DNSHostName svc-photo.ad.example.com -PrincipalsAllowedToRetrieveManagedPassword 'HR01$'
#   Install-ADServiceAccount svc-photo
# On HR01 it needs the right "Log on as a batch job" (secpol.msc, User Rights Assignment), and in the domain the right to
# write thumbnailPhoto: adphoto check prints the line that delegates it.
# adphoto must be built with Kerberos (docs/install.md). (This script was not tried by its authors, who have no Windows
# domain; tell them what you find.)
#
# The task's last result is adphoto's exit code: 0 all done, 3 finished, but not all photos could be imported (the log and the
# report say which; what failed for its name or its file is in the folder failed, the rest stays in the inbox), 1 it could not
# run. docs/nightly.md has a line that mails it. The log also names
# each run's journal: to take that run back, give its path to adphoto undo.

$ErrorActionPreference = 'Stop'

$account = 'EXAMPLE\svc-photo$'
$domain  = 'ad.example.com'
$adphoto = 'C:\Program Files\adphoto\adphoto.exe'
$photos  = 'D:\Photos'

if (-not (Test-Path -LiteralPath $adphoto)) { throw "There is no $adphoto" }
$isNew = -not (Test-Path -LiteralPath $photos)
New-Item -ItemType Directory -Force -Path $photos, "$photos\inbox", "$photos\done", "$photos\failed", "$photos\log" | Out-Null

# Files take over the rights of their folder: here those of administrators (S-1-5-32-544), the system (S-1-5-18) and the
# account alone. A folder that was there before keeps its rights: others may need them. Who brings photos needs a right to
# the inbox besides: icacls D:\Photos\inbox /grant "EXAMPLE\HR:(OI)(CI)M"
if ($isNew) {
    icacls $photos /inheritance:r /grant:r '*S-1-5-32-544:(OI)(CI)F' '*S-1-5-18:(OI)(CI)F' "${account}:(OI)(CI)M" | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "icacls could not set the rights of $photos" }
} else {
    Write-Warning "$photos was there and keeps its rights: see that $account may change it, and that only those read it who should"
}

# No backslash before a closing quotation mark: programs take the two for one character.
$arguments = "import `"$photos\inbox`" --move-done `"$photos\done`" --move-failed `"$photos\failed`" " +
             "--max-changes 5% --keep-journals 90 " +
             "--domain $domain --kerberos --log-file `"$photos\log\import.log`" --report `"$photos\log\report.html`""
# Journals hold faces: runs of the last 90 days can be taken back, and older journals are deleted (--keep-journals).
$import    = New-ScheduledTaskAction -Execute $adphoto -Argument $arguments
$trigger   = New-ScheduledTaskTrigger -Daily -At '02:15'
# Password is what Windows calls it also where it keeps the password itself.
$principal = New-ScheduledTaskPrincipal -UserId $account -LogonType Password
$settings  = New-ScheduledTaskSettingsSet -StartWhenAvailable -MultipleInstances IgnoreNew -ExecutionTimeLimit (New-TimeSpan -Hours 4)

Register-ScheduledTask -TaskName 'adphoto import' -Action $import -Trigger $trigger -Principal $principal -Settings $settings -Force
