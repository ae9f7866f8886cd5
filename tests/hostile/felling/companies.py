"""The walls of companies' lives: made, migrated, saved, restored, copied, erased; and what people may do in one."""

from tests.hostile.felling.faults import fleet, pages, places
from tests.hostile.felling.listing import of, wall

# Making (T02, T40 to T42)

wall(
    "T02",
    fleet.slugs_unlooked_at,
    *of(
        "hostile/names",
        "t02_the_action_and_the_database_refuse",
        "t02_the_portal_refuses_and_shows_what_was_typed",
        "t02_the_api_refuses_and_names_the_field",
        "t02_the_command_refuses",
        "t02_signing_up_refuses",
    ),
)
wall("T02", fleet.nothing_reserved, *of("hostile/names", "reserved_names_are_taken"))
wall(
    "T40",
    fleet.any_ready_schema,
    *of("hostile/provisioning", "t40_a_company_of_new_code_is_like_one_that_was_migrated"),
)
wall("T40", fleet.nothing_pruned, *of("hostile/provisioning", "t40_what_was_ready_for_older_code_goes_with_the_deploy"))
wall(
    "T41",
    fleet.conflicts_as_they_come,
    *of("hostile/provisioning", "t41_many_at_once_with_an_empty_pool_and_one_slug_twice"),
    leaves_something=True,
)
wall(
    "T42",
    fleet.company_committed_half_way,
    *of("hostile/provisioning", "t42_dying_while_a_company_is_made_leaves_nothing_of_it"),
    leaves_something=True,
)
wall(
    "T42",
    fleet.template_committed_half_way,
    *of("hostile/provisioning", "t42_dying_while_the_template_is_built_leaves_nothing"),
    leaves_something=True,
)
wall(
    "T42",
    fleet.nobody_reconciles,
    *of(
        "hostile/provisioning",
        "t42_dying_while_the_pool_is_filled_ends_in_ready_or_gone",
        "t42_dying_while_stale_schemas_are_dropped_ends_in_gone",
    ),
    *of("fleet/reconciling", "stray_schema_waits_for_its_grace_and_goes", "interrupted_and_abandoned_go_after_a_while"),
    leaves_something=True,
)

# Migrating (T44, T45)

wall(
    "T44",
    fleet.first_failure_stops_all,
    *of("fleet/upgrading/migrating", "t44_a_failure_in_some_leaves_the_rest_done_and_is_told"),
)
wall(
    "T44",
    fleet.failed_ones_forgotten,
    *of("fleet/upgrading/migrating", "t44_what_failed_is_done_once_its_cause_is_gone"),
)
wall(
    "T44",
    fleet.columns_that_do_not_fill_themselves,
    *of("fleet/upgrading/migrating", "t44_the_app_serves_companies_of_both_versions"),
)
wall(
    "T45",
    fleet.no_lock_limit,
    *of(
        "fleet/upgrading/migrating",
        "t45_who_is_reading_is_waited_for_and_nobody_else",
        "t45_requests_wait_no_longer_than_the_lock_limit",
    ),
)
wall(
    "migrating",
    fleet.notes_left_out,
    *of("fleet/upgrading/killed", "killed_anywhere_and_gone_on_with"),
    leaves_something=True,
)

# Ending (T42, T48, T49, T52)

wall(
    "T48",
    fleet.all_tables_at_once,
    *of("fleet/lifecycle/erasing", "t48_no_group_of_tables_takes_more_locks_than_a_small_server_has"),
)
wall(
    "T48 T52",
    fleet.nothing_buried,
    *of(
        "hostile/endings",
        "t48_t52_the_slug_of_an_erased_company_is_not_given_again",
        "t52_a_removed_host_with_a_dangling_cname_is_kept_back",
        "t52_an_older_claim_does_not_win_once_the_host_is_kept_back",
    ),
)
wall(
    "T52",
    fleet.stones_at_their_end,
    *of(
        "hostile/endings",
        "t52_the_slug_of_a_former_agency_is_kept_back",
    ),
)
wall("T52", fleet.live_hosts_claimed_again, *of("hostile/endings", "t52_a_live_host_is_nobody_elses"))
wall("T52", fleet.stones_for_ever, *of("hostile/endings", "t52_when_the_time_is_over_anybody_may_have_it"))
wall(
    "T49",
    fleet.cache_left_behind,
    *of("hostile/endings", "t49_nothing_of_an_erased_company_is_left_anywhere"),
    leaves_something=True,
)
wall("T49", fleet.backups_for_ever, *of("fleet/backups/backups", "backups_of_an_erased_company_go_on_their_day"))
wall(
    "T42",
    fleet.company_forgotten_before_its_certificate,
    *of("fleet/lifecycle/erasing", "erasing_leaves_the_certificate_and_the_tombstone"),
    leaves_something=True,
)
wall(
    "T42",
    fleet.nobody_goes_on,
    *of("fleet/lifecycle/erasing", "killed_at_many_points_it_ends_gone"),
    seconds=500,
    leaves_something=True,
)

# Backups, restoring, moving (T49 to T51)

wall(
    "backups",
    fleet.frames_without_numbers,
    *of("fleet/backups/sealing", "frames_left_out_exchanged_or_added_are_noticed"),
)
wall(
    "backups",
    fleet.backups_without_names,
    *of("fleet/backups/sealing", "a_backup_that_took_on_anothers_name_is_noticed"),
)
wall(
    "backups",
    fleet.any_backup_for_the_one_asked_for,
    *of("fleet/backups/sealing", "another_backup_under_this_name_is_noticed"),
)
wall(
    "T50",
    fleet.files_left_out_of_the_swap,
    *of("hostile/restoring", "t50_one_company_is_restored_exactly_while_its_neighbour_is_written_to"),
)
wall(
    "T50",
    fleet.one_row_lost,
    *of("hostile/restoring", "t50_one_company_is_restored_exactly_while_its_neighbour_is_written_to"),
)
wall(
    "T50",
    fleet.nobody_goes_on,
    *of("hostile/restoring", "t50_killed_at_many_points_of_restoring_it_ends_ready_or_gone"),
    name="nobody-goes-on-restoring",
    seconds=500,
    leaves_something=True,
)
wall(
    "T50",
    fleet.swap_committed_half_way,
    *of("hostile/restoring", "t50_killed_at_many_points_of_swapping_it_is_swapped_or_was_not_begun"),
    seconds=500,
    leaves_something=True,
)
wall("T51", fleet.each_table_of_its_own_moment, *of("hostile/t51_moving", "t51_a_copy_under_writes_is_of_one_moment"))
wall("T51", fleet.numbers_from_a_sequence, *of("hostile/t51_moving", "t51_the_next_number_and_key_are_free"))

# Copies

wall("copies:", fleet.a_secret_nobody_spoke_of, *of("fleet/copies/declared", "every_table_with_a_secret_is_spoken_of"))
wall(
    "copies:",
    fleet.keys_come_along,
    *of("fleet/copies/declared", "no_secret_comes_into_a_clone"),
    *of("fleet/copies/cloning", "doors_of_the_first_are_shut_at_the_second"),
)
wall("packages:", fleet.packages_unlooked_at, *of("fleet/copies/packages", "what_was_altered_does_not_come_in"))
wall(
    "packages:",
    fleet.manifests_by_anybody,
    *of("fleet/copies/packages", "a_sealed_manifest_cannot_be_written_by_others"),
)
wall("packages:", fleet.any_passphrase, *of("fleet/copies/packages", "a_wrong_passphrase_opens_nothing"))
wall(
    "sandboxes:",
    fleet.sandboxes_like_any_other,
    *of("fleet/copies/sandboxes", "mails_of_a_sandbox_are_kept_inside", "nothing_is_sent_out_of_a_sandbox"),
)
wall("sandboxes:", fleet.switching_out_of_sandboxes, *of("fleet/copies/sandboxes", "nobody_leads_out_of_a_sandbox"))

# People and pages

wall(
    "escalation:",
    pages.rows_of_everybody,
    *of(
        "hostile/escalation",
        "other_peoples_records_are_not_there",
        "bulk_leaves_other_peoples_records_alone",
        "batch_and_upsert_do_not_reach_other_peoples_records",
        "exports_hold_what_the_rep_sees",
        "the_bin_holds_what_the_rep_saw",
        "paths_do_not_lead_through_what_may_not_be_seen",
        "imports_change_nobody_elses_records_and_no_locked_field",
        "a_record_points_at_nothing_that_may_not_be_seen",
    ),
)
wall(
    "escalation:",
    pages.fields_of_everybody,
    *of(
        "hostile/escalation",
        "hidden_and_locked_fields_are_not_written",
        "filters_do_not_ask_for_hidden_fields",
        "a_shared_view_asks_nothing_of_hidden_fields",
    ),
)
wall(
    "SSRF:",
    pages.every_address_public,
    *of("hostile/ssrf", "addresses_inside_are_refused", "name_with_one_address_inside_is_refused"),
)
wall(
    "SSRF:",
    pages.addresses_unlooked_at,
    *of(
        "hostile/ssrf",
        "what_is_no_public_web_address_is_refused",
        "server_inside_is_not_even_asked",
        "connection_goes_to_the_address_that_was_looked_at",
    ),
)
wall("SSRF:", pages.redirects_followed_blindly, *of("hostile/ssrf", "a_redirect_to_a_server_inside_does_not_reach_it"))
wall("SSRF:", pages.answers_without_end, *of("hostile/ssrf", "answers_are_bounded_and_circles_end"))
wall(
    "XSS",
    pages.unescaped_templates,
    *of("hostile/injection", "no_text_field_of_any_type_runs_in_a_page", "search_and_questions_do_not_run"),
)
wall("XSS", pages.files_as_their_names_say, *of("hostile/injection", "files_are_what_their_bytes_say_and_never_run"))
wall("XSS", pages.cells_as_they_are, *of("hostile/injection", "no_cell_of_an_export_is_a_formula"))
wall("XSS", pages.any_next, *of("hostile/injection", "next_leads_to_no_other_host"))
wall("XSS", pages.no_policy, *of("hostile/injection", "policy_of_every_page_allows_no_inline_code"))
wall(
    "XSS",
    pages.loose_settings,
    *of("hostile/injection", "check_deploy_is_clean", "production_cookies_stay_on_their_host_and_https_is_strict"),
)
wall(
    "proof:",
    places.unsalted_cache,
    *of("hostile/isolation_proof", "every_door_is_green_and_nothing_stays"),
    name="proof-of-an-unsalted-cache",
)
