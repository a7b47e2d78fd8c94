//! The commands of Microsoft's own CLI that register an app with just the rights that it needs.

/// The application ID of Microsoft Graph.
const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
/// What stands for the client ID, where there is none yet.
const CLIENT_ID: &str = "CLIENT-ID";

/// Returns the commands that register an app with these permissions, one on each line. Without a client ID, the first
/// one makes the app, and prints the ID for the others.
pub(super) fn commands(client_id: Option<&str>, permissions: &[&str]) -> String {
    let id = client_id.unwrap_or(CLIENT_ID);
    let mut commands = Vec::new();
    if client_id.is_none() {
        commands.push("az ad app create --display-name adphoto --query appId --output tsv".to_owned());
        commands.push(format!("az ad sp create --id {id}"));
        commands.push(
            "openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=adphoto -keyout app.pem -out app.crt"
                .to_owned(),
        );
        commands.push(format!("az ad app credential reset --id {id} --append --cert @app.crt"));
        commands.push("cat app.crt >> app.pem && chmod 600 app.pem".to_owned());
    }
    // The numbers of permissions are looked up rather than known, so that none can be wrong.
    commands.extend(permissions.iter().map(|permission| {
        let number = format!("az ad sp show --id {GRAPH} --query \"appRoles[?value=='{permission}'].id\" --output tsv");
        format!("az ad app permission add --id {id} --api {GRAPH} --api-permissions \"$({number})=Role\"")
    }));
    commands.push(format!("az ad app permission admin-consent --id {id}"));
    commands.join("\n")
}
