"""The walls between places: connection, role, hosts, passes, pages, tasks, commands."""

from tests.hostile.felling.faults import places, web, work
from tests.hostile.felling.listing import of, wall

# The place

wall(
    "T01 T26",
    places.switch_left_out,
    *of("hostile/walls", "t01_one_connection_serves_a_and_b_in_turn"),
    *of("hostile/walls", "t26_threads_mix_nothing"),
)
wall(
    "T01 T04 T33",
    places.contexts_never_left,
    *of(
        "hostile/walls",
        "t01_after_a_request_there_is_no_company",
        "t04_an_error_in_a_request_leaves_no_company_behind[view]",
        "t04_an_error_in_a_request_leaves_no_company_behind[middleware]",
    ),
    *of("hostile/tasks", "t33_one_worker_serves_companies_in_any_order", "t33_a_failing_task_leaves_no_company_behind"),
    leaves_something=True,
)
wall("T01", places.connections_begin_anywhere, *of("hostile/walls", "t01_a_new_connection_looks_nowhere"))
wall("T02", places.names_unlooked_at, *of("hostile/names", "t02_a_place_of_such_a_name_is_not_entered"))
wall(
    "T03",
    places.remembered_over_rollbacks,
    *of("hostile/walls", "t03_rollback_of_a_whole_transaction_leaves_no_stale_place"),
    *of("kernel/context", "t03_a_savepoint_of_before_is_rolled_back_from_within_the_company"),
)
wall(
    "T03",
    places.one_place_a_transaction,
    *of(
        "kernel/context",
        "t03_rollback_in_another_company_leaves_no_stale_path",
        "t03_rollback_to_before_the_company_was_entered",
        "nested_contexts_return_to_where_they_came_from",
    ),
)
wall(
    "T06 T56",
    places.public_for_nowhere,
    *of("kernel/context", "outside_any_context_is_refused"),
    *of("hostile/t56_commands", "t56_commands_of_others_are_refused_outside_any_place"),
)
wall(
    "T26",
    places.one_context_for_all_threads,
    *of("kernel/context", "a_new_thread_has_no_context"),
    *of(
        "hostile/t26_async",
        "t26_two_hundred_tasks_over_twenty_places_mix_nothing",
        "t26_an_executor_has_no_place_and_says_so",
    ),
)
wall(
    "T26",
    places.contexts_never_left,
    *of("hostile/t26_async", "t26_a_worker_thread_keeps_nothing_of_the_task_before"),
    name="threads-never-left",
    leaves_something=True,
)
wall("T47", places.never_closed, *of("hostile/t47_connections", "t47_a_connection_is_closed_after_many_companies"))
wall("T47", places.always_closed, *of("hostile/t47_connections", "t47_the_same_company_again_and_again_closes_nothing"))
wall(
    "T38",
    places.no_limits,
    *of("hostile/t38_neighbours", "t38_limits_come_with_the_place", "t38_limits_are_set_anew_after_a_rollback"),
)
wall(
    "T55",
    places.errors_of_where_we_are,
    *of(
        "hostile/t55_whose_error",
        "t55_reports_name_the_company_the_error_arose_in",
        "t55_log_lines_name_the_company_the_error_arose_in",
        "t55_a_task_that_fails_is_reported_with_its_company",
    ),
)

# The server's walls

wall("T15 T17", places.no_role, *of("hostile/walls", "t15_t17_the_role_of_a_is_refused_by_the_server"))
wall("T16", places.texts_in_one_message, *of("hostile/t16_roles", "t16_an_injected_text_gets_nowhere"))
wall(
    "T16",
    places.statements_of_any_kind,
    *of(
        "hostile/t16_roles",
        "t16_a_statement_that_is_no_reading_or_writing_of_rows_is_not_sent",
        "t16_where_the_server_would_not_refuse",
    ),
)
wall(
    "T16",
    places.functions_given_back,
    *of("hostile/t16_roles", "t16_the_server_refuses_by_itself", "t16_the_walls_of_the_server_stand"),
    leaves_something=True,
)
wall(
    "T16",
    places.sessions_seen_by_all,
    *of("hostile/t16_roles", "t16_other_sessions_and_their_texts_are_not_seen"),
    leaves_something=True,
)
wall("T16", places.savepoints_of_text, *of("hostile/t16_roles", "t16_ours_is_a_word_of_the_program_not_of_the_text"))
wall(
    "T16",
    places.login_that_copies_the_server,
    *of("hostile/walls", "t16_the_login_role_is_no_superuser"),
    leaves_something=True,
)
wall(
    "T28",
    places.pooler_unlooked_at,
    *of(
        "hostile/t28_pooler",
        "t28_a_pooler_nobody_spoke_of_is_refused",
        "t28_a_pooler_of_another_mode_than_was_said_is_refused",
    ),
)
wall(
    "T28",
    places.set_for_the_session,
    *of("hostile/t28_pooler", "t28_two_clients_over_one_connection_mix_nothing", "t28_nothing_stays_on_the_connection"),
)
wall(
    "T29",
    places.whatever_columns_there_are,
    *of("hostile/t29_prepared", "t29_layouts_may_differ_between_companies[prepared]"),
)

# Hosts and passes

wall(
    "T07",
    web.any_company_for_unknown_hosts,
    *of("hostile/hosts", "t07_unknown_hosts_get_404_and_nothing_of_anybody", "t07_no_host_at_all_gets_404"),
)
wall("T07", web.hosts_letter_by_letter, *of("hostile/hosts", "t07_other_spellings_of_a_host_lead_to_the_same_company"))
wall(
    "T08",
    web.picked_by_forwarded_host,
    *of("hostile/hosts", "t08_headers_of_another_host_change_nothing[X-Forwarded-Host]"),
)
wall("T10", web.picked_by_header, *of("hostile/hosts", "t10_the_client_cannot_pick_a_tenant[host]"))
wall("T11", web.unsalted_links, *of("hostile/passes", "t11_links_of_a_are_dead_at_b"))
wall("T11", web.links_for_any_purpose, *of("hostile/passes", "t11_a_link_of_one_purpose_serves_no_other"))
# From before the twins got their keys.
wall(
    "T12",
    web.unsalted_keys,
    *of("hostile/passes", "t12_a_key_copied_row_by_row_is_no_key_elsewhere"),
    after="django_db_blocker",
)
wall("T12", web.keys_by_their_first_part, *of("hostile/passes", "t12_a_key_tampered_with_is_nobody"))
wall(
    "T13",
    web.sessions_of_anybody,
    *of("hostile/passes", "t13_a_session_copied_row_by_row_is_none", "t13_a_session_of_one_agency_is_none_at_another"),
)
wall("T13", web.cookies_for_the_whole_domain, *of("hostile/passes", "t13_cookies_stay_on_their_host"))

# What is read, kept and sent

wall(
    "T18",
    web.control_panel_in_companies,
    *of("hostile/t18_admin", "t18_owners_of_companies_and_agencies_find_no_control_panel"),
)
wall("T18", web.schema_names_in_forms, *of("hostile/t18_admin", "t18_no_route_takes_a_schema_name"))
wall("T18", web.any_schema_name_in_the_table, *of("hostile/t18_admin", "t18_the_database_takes_no_other_name"))
wall(
    "T20",
    places.unsalted_cache,
    *of("kernel/context", "cache_keeps_places_apart"),
    *of("hostile/sentinels", "t20_cache_values_of_a_hold_nothing_of_b"),
)
wall(
    "T20",
    web.query_behind_lru_cache,
    *of("hostile/t20_shared_memory", "t20_what_a_process_remembers_by_decorator_comes_from_its_arguments_alone"),
)
wall("T20", web.redis_without_salt, *of("hostile/t20_shared_memory", "t20_raw_redis_is_used_where_it_was_looked_at"))
wall("T20", web.answers_kept_whole, *of("hostile/t20_shared_memory", "t20_no_answer_is_kept_whole"))
wall("T21", places.unwalled_storage, *of("kernel/context", "storage_cannot_leave_its_place"))
wall("T21", places.one_folder_for_all, *of("kernel/context", "storage_keeps_places_apart"))
wall("T21", web.any_file_by_its_path, *of("hostile/walls", "t21_files_cannot_be_guessed"))
wall("T22", places.unsalted_signatures, *of("kernel/context", "signatures_mean_nothing_elsewhere"))
wall(
    "T23 T24",
    web.contacts_in_one_table,
    *of("hostile/walls", "t23_every_route_with_an_id_of_b_is_404"),
    *of(
        "hostile/sentinels",
        "t24_search_finds_nothing_of_b[/contacts/]",
        "t24_search_finds_nothing_of_b[/api/v1/contacts]",
    ),
    *of("hostile/t24_exports", "t24_ids_of_b_bring_nothing_out"),
)
wall(
    "T24",
    web.contacts_in_one_table,
    *of("hostile/sentinels", "nothing_of_b_in_anything_of_a"),
    name="pages-of-one-table",
    after="twins",
)
wall(
    "T24",
    web.sockets_for_any_page,
    *of("notifications/live", "the_gate_lets_in_ones_own_page_alone"),
    name="sockets-for-any-page",
)
wall("T24", web.unsalted_groups, *of("notifications/live", "groups_are_named_for_one_place"), name="groups-of-all")
wall("T24", web.neighbours_in_the_log, *of("hostile/sentinels", "log_lines_of_a_hold_nothing_of_b"))
wall("T24", web.names_of_schemas_shown, *of("hostile/sentinels", "schema_and_role_names_stay_inside"), after="twins")
wall("T24", web.platform_by_name, *of("hostile/sentinels", "the_platform_is_nowhere_named"), after="twins")
wall(
    "T24 paper",
    web.another_brand,
    *of("hostile/sentinels", "every_page_carries_the_brand"),
    *of(
        "hostile/papers", "pdf_carries_its_own_brand_and_words_only[0]", "mail_carries_its_own_brand_and_words_only[0]"
    ),
    after="twins",
)
wall("T24", web.exported_elsewhere, *of("hostile/t24_exports", "t24_exports_hold_their_own_company_alone"))
wall(
    "T25",
    web.answers_left_as_they_are,
    *of(
        "hostile/t25_caching",
        "t25_every_page_is_private_and_told_apart_by_host",
        "t25_every_list_of_the_api_is_private",
        "t25_visitors_of_every_face_too",
    ),
)

# Work

wall(
    "T31",
    work.tasks_of_nobody,
    *of("hostile/tasks", "t31_without_a_known_company_the_body_never_runs", "t31_a_suspended_company_is_refused"),
)
wall(
    "T34",
    work.sent_at_once,
    *of("hostile/tasks", "t34_sending_names_the_company_of_the_moment_and_waits_for_the_commit"),
)
wall(
    "T34",
    work.company_of_the_commit,
    *of(
        "hostile/tasks",
        "t34_sending_names_the_company_of_the_moment_and_waits_for_the_commit",
        "t34_the_drain_of_an_event_is_asked_for_where_it_was_written",
    ),
)
wall("T34", work.sent_from_nowhere, *of("hostile/tasks", "sending_outside_a_company_is_refused"))
wall(
    "T35",
    work.signatures_without_a_company,
    *of("hostile/queues", "t35_each_form_runs_where_it_was_made_retried_three_times[chain]"),
)
wall(
    "T36",
    work.acknowledged_at_once,
    *of(
        "hostile/queues",
        "t36_a_worker_killed_after_the_effect_leaves_it_there_once",
        "nothing_is_lost_when_workers_are_killed_again_and_again",
    ),
    seconds=500,
    leaves_something=True,
)
wall("T37", work.first_come_first_served, *of("hostile/lanes", "companies_take_turns"), leaves_something=True)
wall(
    "T37",
    work.first_come_first_served,
    *of("hostile/queues", "t37_a_burst_of_one_company_does_not_make_another_wait"),
    name="first-come-with-a-worker",
    after="django_db_blocker",
    seconds=500,
)
wall(
    "T37",
    work.as_much_as_they_like,
    *of(
        "hostile/lanes",
        "a_company_has_no_more_under_way_than_its_plan_allows",
        "a_company_has_no_more_in_a_minute_than_its_plan_allows",
    ),
    after="django_db_blocker",  # before the first message: a channel keeps the script it began with
)
wall(
    "T38",
    web.every_request_let_in,
    *of(
        "hostile/t38_neighbours", "t38_one_company_never_has_all_threads", "t38_slow_requests_have_half_of_the_threads"
    ),
)
wall("T38", web.threads_never_given_back, *of("hostile/t38_neighbours", "t38_an_error_gives_the_thread_back"))
wall("T56", work.commands_without_scope, *of("hostile/t56_commands", "t56_a_command_without_a_scope_does_not_run"))
wall(
    "T56",
    work.a_command_that_does_not_say,
    *of("hostile/t56_commands", "t56_every_command_of_ours_says_where_it_works"),
)
wall(
    "T56",
    work.first_failure_ends_the_walk,
    *of(
        "hostile/t56_commands",
        "t56_one_that_fails_holds_up_no_other_and_the_end_says_so",
        "t56_search_goes_on_after_a_company_that_fails",
    ),
)
