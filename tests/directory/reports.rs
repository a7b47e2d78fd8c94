//! Tests report files: which files they may replace, and what they say of a run that could not begin.

use std::path::Path;

use serde_json::Value;

use crate::photos::jpeg;
use crate::run::{Folder, check_schema};

fn json(path: &Path) -> Value {
    let report = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    check_schema(&report);
    report
}

on_both! {
    fn a_report_says_how_its_run_ended_and_what_takes_it_back(domain: &Domain) {
        domain.user("rp-ann");
        let folder = Folder::new();
        folder.file("in/rp-ann.jpg", jpeg(1, 100, 100));
        let (report, journal) = (folder.path().join("reports/tonight/run.json"), folder.path().join("run.jsonl"));
        let import = || domain.import(folder.path().join("in")).journal(&journal);
        let run = import().args(&["--report", report.to_str().unwrap(), "--max-changes", "1"]).records();
        assert_eq!((run.code, run.outcomes()), (Some(0), vec!["written".to_owned()]), "{}", run.stderr);
        let said = json(&report);
        assert_eq!((&said["exit_code"], &said["error"]), (&Value::from(0), &Value::Null));
        assert_eq!(said["run"]["journal"].as_str(), journal.to_str());
        assert_eq!(said["run"]["options"]["max-changes"], serde_json::json!(["1"]));
        assert!(said["run"]["ended"].as_str() >= said["run"]["started"].as_str());
        assert!(!said.to_string().contains(&domain.admin_password), "{said}");

        std::fs::remove_file(&journal).unwrap();
        // Without --journal, a run that has nothing to write leaves no journal.
        let run = domain.import(folder.path().join("in")).args(&["--report", report.to_str().unwrap()]).records();
        assert_eq!((run.outcomes(), &json(&report)["run"]["journal"]), (vec!["unchanged".to_owned()], &Value::Null));

        // --max-changes stops the next run; its report says why, besides its records.
        folder.file("in/rp-ann.jpg", jpeg(2, 100, 100));
        let run = import().args(&["--max-changes", "0"]).records();
        assert_eq!((run.code, &run.json["exit_code"]), (Some(1), &Value::from(1)));
        assert!(run.json["error"].as_str().unwrap().contains("--max-changes"), "{}", run.json);
        assert_eq!(run.outcomes(), ["not-attempted too-many-changes"]);
    }

    fn only_reports_are_replaced_unasked(domain: &Domain) {
        domain.user("rp-ben");
        let folder = Folder::new();
        folder.file("in/rp-ben.jpg", jpeg(1, 100, 100));
        let leavers = folder.file("leavers.csv", "user\nrp-cid\n");
        let import = || domain.import(folder.path().join("in")).args(&["--report", leavers.to_str().unwrap()]);
        let run = import().run();
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        assert!(run.stderr.contains("leavers.csv would overwrite a file that adphoto did not write"), "{}", run.stderr);
        assert!(run.stderr.contains("--overwrite"), "{}", run.stderr);
        assert_eq!(std::fs::read_to_string(&leavers).unwrap(), "user\nrp-cid\n");
        assert!(domain.photos().is_empty(), "nothing was done");

        let run = import().args(&["--overwrite", "--report-delimiter", ";"]).run();
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(std::fs::read_to_string(&leavers).unwrap().starts_with("\u{feff}user;photo;status;"));
        // The file is a report now, which the next report may replace.
        assert_eq!(import().run().code, Some(0));
        assert!(std::fs::read_to_string(&leavers).unwrap().starts_with("\u{feff}user,photo,status,"));
    }

    fn a_run_that_cannot_begin_does_not_leave_the_last_report(domain: &Domain) {
        domain.user("rp-dan");
        let folder = Folder::new();
        folder.file("in/rp-dan.jpg", jpeg(1, 100, 100));
        let reports = ["csv", "json", "html"].map(|ending| folder.path().join(format!("night.{ending}")));
        let import = || {
            let import = domain.import(folder.path().join("in"));
            reports.iter().fold(import, |import, report| import.args(&["--report", report.to_str().unwrap()]))
        };
        assert_eq!(import().run().code, Some(0));
        // Nothing listens on this port.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let away = format!("ldap://127.0.0.1:{port}");
        let run = import().server(&away).args(&["--give-up-after", "1"]).records();
        assert_eq!((run.code, run.all().len()), (Some(1), 0), "{}", run.stderr);
        let error = run.json["error"].as_str().unwrap();
        assert!(error.contains(&away) && !run.json["help"].as_array().unwrap().is_empty(), "{}", run.json);
        let [csv, report, html] = &reports;
        let said = json(report);
        assert_eq!((&said["exit_code"], said["error"].as_str()), (&Value::from(1), Some(error)));
        let csv = std::fs::read_to_string(csv).unwrap();
        assert!(csv.lines().nth(1).unwrap().starts_with(",,failed,run-failed,"), "{csv}");
        let html = std::fs::read_to_string(html).unwrap();
        assert!(html.contains("This run could not begin, or stopped.") && !html.contains("<li class=\"card"), "{html}");

        // The same holds for a run whose command line, settings or log are wrong.
        let (text, settings) = (folder.file("text.txt", "mine\n"), folder.file("wrong.toml", "max-chagnes = 1\n"));
        let [text, settings] = [&text, &settings].map(|path| path.to_str().unwrap());
        for (wrong, words) in [
            (["--max-changes", "x"], "invalid value 'x' for '--max-changes"),
            (["--config", settings], "max-chagnes"),
            (["--log-file", text], "the log cannot be"),
        ] {
            assert_eq!(import().run().code, Some(0));
            assert_eq!(json(report)["error"], Value::Null);
            let run = import().args(&wrong).run();
            assert!(matches!(run.code, Some(1 | 2)), "{}", run.stderr);
            let said = json(report);
            assert!(said["error"].as_str().is_some_and(|error| error.contains(words)), "{wrong:?}: {said}");
        }
    }

    fn programs_read_the_list_of_runs(domain: &Domain) {
        domain.user("rp-eva");
        let folder = Folder::new();
        folder.file("in/rp-eva.jpg", jpeg(1, 100, 100));
        assert_eq!(domain.import(folder.path().join("in")).run().code, Some(0));
        let list = || domain.undo(&[]).args(&["--list"]);
        let listed: Value = serde_json::from_str(&list().args(&["--format", "json"]).run().stdout).unwrap();
        let run = &listed["runs"][0];
        assert_eq!((&run["command"], &run["state"], &run["standing"]), (&"import".into(), &"ended".into(), &"stands".into()));
        assert_eq!((&run["changed"], &run["stopped"]), (&Value::from(1), &Value::from(false)), "{listed}");
        assert!(Path::new(run["journal"].as_str().unwrap()).exists());
        assert_eq!(list().args(&["--format", "csv"]).run().code, Some(2));
    }
}

on_tenant! {
    a_report_says_how_its_run_ended_and_what_takes_it_back
    only_reports_are_replaced_unasked
    programs_read_the_list_of_runs
}
