-- At most one row: the token, when GitHub refused one in the last two hours.
--
-- A refused token is set aside for an hour and tried again, so that two hours without a refusal mean that it works or
-- was taken out. The ledger does not say which of several it was; the listener's log does.
with
refusals as (
    select max(polled_at) as newest_at, (array_agg(error order by polled_at desc))[1] as error
    from ops.polls
    where recorded_at > now() - interval '2 hours'
      and outcome = 'token-refused'
),
-- The first refusal since which no two hours went by without one.
first_refusal as (
    select max(started.polled_at) as since
    from (
        select
            polled_at,
            lag(polled_at) over (order by polled_at) as refused_before_at
        from ops.polls
        where recorded_at > now() - interval '30 days'
          and outcome = 'token-refused'
    ) as started
    where started.refused_before_at is null
       or started.refused_before_at < started.polled_at - interval '2 hours'
),
answers as (
    select exists (
        select 1
        from ops.polls as polls
        where polls.recorded_at > now() - interval '2 hours'
          and polls.outcome in ('events', 'not-modified')
          and polls.polled_at > (select newest_at from refusals) - interval '1 hour'
    ) as are_good
)
select
    'GITHUB_TOKEN' as subject,
    case when answers.are_good then 'warn' else 'fail' end as severity,
    format(
        'GitHub refuses a token (%s). %s Replace it in GITHUB_TOKEN; the listener''s log says which.',
        coalesce(refusals.error, 'no reason was given'),
        case when answers.are_good then 'Others still work.' else 'No feed can be read.' end
    ) as detail,
    first_refusal.since
from refusals
cross join first_refusal
cross join answers
where refusals.newest_at is not null;
