//! Where what is received goes.

use super::Category::{Connection, Curl, Ftp, Http, Important, Mqtt, Output, Verbose};
use super::Means::{File, Size, Switch, Takes, TakesFile, Turns};
use super::{Opt, row};
use crate::cli::conditions::not_resuming;
use crate::cli::data::write_out;
use crate::cli::state::{Outcome, State};
use crate::cli::told;
use crate::cli::values::Value;
use crate::cli::wrong::Wrong;
use crate::plan::{Clobber, Fail, SaveAs};

#[rustfmt::skip]
pub(super) static ROWS: &[Opt] = &[
    row("buffer", "", &[Output], "Hand on what is received at once, piece by piece")
        .short('N').on_by_default()
        .means(Switch(|state, on| { state.operation().output.no_buffer = !on; Ok(()) })),
    row("clobber", "", &[Output], "Never overwrite a file; number the name instead")
        .on_by_default().means(Switch(clobber)),
    row("create-dirs", "", &[Output], "Create the directories of the output file")
        .means(Turns(|it| &mut it.output.create_dirs)),
    row("dump-header", "<filename>", &[Http, Ftp], "Write the received headers to a file")
        .short('D').means(TakesFile(|state, value| {
            state.operation().output.dump_header = Some(told::destination(value.not_blank()?));
            Ok(())
        })),
    row("fail", "", &[Important, Http], "Exit with 22 at status 400 and above, without output")
        .short('f').means(Switch(|state, on| { fail(state, on, Fail::WithoutBody); Ok(()) })),
    row("fail-with-body", "", &[Http, Output], "Exit with 22 at status 400 and above, with output")
        .means(Switch(|state, on| { fail(state, on, Fail::WithBody); Ok(()) })),
    row("include", "", &[Important, Verbose, Output, Http, Ftp], "The same as --show-headers")
        .means(Turns(|it| &mut it.output.include_head)),
    row("max-filesize", "<bytes>", &[Connection, Ftp, Http, Mqtt], "Receive no more than this")
        .means(Size(|it| &mut it.limits.file_size)),
    row("out-null", "", &[Output], "Throw away what this URL sends")
        .means(Switch(|state, _| { state.draft.add_output(SaveAs::Null); Ok(()) })),
    row("output", "<file>", &[Important, Output], "Write to a file instead of standard output")
        .short('o').means(TakesFile(output)),
    row("output-dir", "<dir>", &[Output], "Put output files into this directory")
        .means(File(|it| &mut it.output.directory)),
    row("remote-header-name", "", &[Output, Http], "Name the file as the response's header says")
        .short('J').means(Turns(|it| &mut it.output.remote_header_name)),
    row("remote-name", "", &[Important, Output], "Name the file as the URL's path ends")
        .short('O').means(Switch(|state, on| { remote_name(state, on); Ok(()) })),
    row("remote-name-all", "", &[Output], "-O for every URL")
        .means(Switch(|state, on| { state.draft.all_remote_names = on; Ok(()) })),
    row("remote-time", "", &[Output], "Give the file the time of the resource")
        .short('R').means(Turns(|it| &mut it.output.remote_time)),
    row("remove-on-error", "", &[Output], "Remove the file when the transfer fails")
        .means(Switch(|state, on| {
            if on {
                not_resuming(state, "--remove-on-error")?;
            }
            state.operation().output.remove_on_error = on;
            Ok(())
        })),
    row("show-headers", "", &[Important, Verbose, Output, Http, Ftp], "Write the header before the content")
        .short('i').means(Turns(|it| &mut it.output.include_head)),
    row("skip-existing", "", &[Curl, Output], "Skip the transfer when the file is there already")
        .means(Turns(|it| &mut it.output.skip_existing)),
    row("suppress-connect-headers", "", &[super::Category::Proxy], "Leave out a proxy's answer to CONNECT")
        .means(Turns(|it| &mut it.output.suppress_connect_headers)),
    row("write-out", "<format>", &[Verbose], "Write this after the transfer; %{name} is a variable")
        .short('w').means(Takes(write_out)),
    row("xattr", "", &[Output], "Keep the URL and the type in extended attributes of the file")
        .means(Turns(|it| &mut it.output.xattr)),
];

fn clobber(state: &mut State<'_>, on: bool) -> Outcome {
    if !on {
        not_resuming(state, "--no-clobber")?;
    }
    state.operation().output.clobber = if on { Clobber::Always } else { Clobber::Never };
    Ok(())
}

/// `-f` and `--fail-with-body` deselect each other.
fn fail(state: &mut State<'_>, on: bool, how: Fail) {
    let new = if on { how } else { Fail::No };
    let before = std::mem::replace(&mut state.operation().output.fail, new);
    match (before, new) {
        (Fail::WithBody, Fail::WithoutBody) => {
            state.warn("--fail deselects --fail-with-body here");
        }
        (Fail::WithoutBody, Fail::WithBody) => {
            state.warn("--fail-with-body deselects --fail here");
        }
        _ => {}
    }
}

fn output(state: &mut State<'_>, value: Value<'_>) -> Outcome {
    let output = match value.not_blank()?.text()? {
        "-" => {
            state.operation().output.binary_to_terminal = true;
            SaveAs::Stdout
        }
        file if file.contains('\0') => return Err(Wrong::LineBreak.into()),
        file => SaveAs::File(file.to_owned()),
    };
    state.draft.add_output(output);
    Ok(())
}

fn remote_name(state: &mut State<'_>, on: bool) {
    if on {
        state.draft.add_output(SaveAs::RemoteName);
    } else if state.draft.all_remote_names {
        state.draft.add_output(SaveAs::Stdout);
    }
}
