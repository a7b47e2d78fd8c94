# Imports what lies in the inbox every night, and moves it to the folder of what is done.
#
# Run once in an elevated PowerShell on a machine of the domain. The task runs as a group managed service account, which has
# no password that anybody knows, and signs in by Kerberos. Such an account is made by a domain administrator:
#   New-ADServiceAccount svc-photo -DNSHostName svc-photo.ad.example.com -PrincipalsAllowedToRetrieveManagedPassword HR01$
#   Install-ADServiceAccount svc-photo
# adphoto must be built with Kerberos: cargo install --path . --features kerberos. (This script was not tried by its authors,
# who have no Windows domain; tell them what you find.) The account needs the right to write thumbnailPhoto: adphoto check prints the line that delegates it.
#
# The task's last result is adphoto's exit code: 0 all done, 3 finished, but not all photos could be imported (the log says
# which; they stay in the inbox), 1 it could not run.

$account = 'EXAMPLE\svc-photo$'
$adphoto = 'C:\Program Files\adphoto\adphoto.exe'
$photos  = 'D:\Photos'

New-Item -ItemType Directory -Force "$photos\inbox", "$photos\done", "$photos\log" | Out-Null

$arguments = "import `"$photos\inbox`" --move-done `"$photos\done`" --max-changes 5% " +
             "--kerberos --log-file `"$photos\log\import.log`""
$action    = New-ScheduledTaskAction -Execute $adphoto -Argument $arguments
$trigger   = New-ScheduledTaskTrigger -Daily -At 2:15am
$principal = New-ScheduledTaskPrincipal -UserId $account -LogonType Password
$settings  = New-ScheduledTaskSettingsSet -StartWhenAvailable -MultipleInstances IgnoreNew -ExecutionTimeLimit (New-TimeSpan -Hours 4)

Register-ScheduledTask -TaskName 'adphoto import' -Action $action -Trigger $trigger -Principal $principal -Settings $settings
