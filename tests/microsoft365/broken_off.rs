//! A run that is killed, at any moment, and taken back.

use std::time::Duration;

use crate::photos::jpeg;
use crate::run::{Admin, Records, Run};
use crate::tenant::{CLIENT_ID, ID, Tenant};

#[test]
fn whenever_it_is_killed_every_account_gets_back_what_was_served() {
    for moment in 0..20_u64 {
        let tenant = Tenant::start();
        let admin = Admin::new(&tenant);
        let ids: Vec<String> = (0..6).map(|number| tenant.user(&format!("user{number}"), &[])).collect();
        for (id, number) in ids.iter().zip(0..) {
            if number % 2 == 0 {
                tenant.set_photo(id, Some(&jpeg(100 + number, 120, 120)));
            }
            admin.small_photo(&format!("user{number}.jpg"), number + 1);
        }
        let before: Vec<_> = ids.iter().map(|id| tenant.photo(id)).collect();
        tenant.set(|state| state.delay = Duration::from_millis(15));
        let mut child = admin.command(&["import", "photos"]).spawn().unwrap();
        // Until its first write, and then for a while that is different each time.
        let begun = std::time::Instant::now();
        while !tenant.asked().iter().any(|asked| asked.starts_with("PUT")) && begun.elapsed() < Duration::from_secs(60)
        {
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_millis(moment * 7));
        child.kill().unwrap();
        child.wait().unwrap();
        // What is under way arrives.
        std::thread::sleep(Duration::from_millis(60));

        let mut command = admin.bare(&["undo", "--format", "json", "--last", "--tenant", ID, "--client-id", CLIENT_ID]);
        command.args(["--certificate", "app.pem", "--cloud", &tenant.url, "--allow-clear-text"]);
        let run = Records::read(Run::of(&mut command));
        assert_eq!(run.code, Some(0), "{moment}: {run:?}");
        for (id, before) in ids.iter().zip(before) {
            match (tenant.photo(id), before) {
                (None, None) => {}
                (Some(now), Some(before)) => {
                    assert!(adphoto::thumbnail::is_same_picture(&now, &before), "{moment}: {run:?}")
                }
                (now, before) => panic!("{moment}: {} {}: {run:?}", now.is_some(), before.is_some()),
            }
        }
    }
}
