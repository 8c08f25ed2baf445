-- How many there are, when two lists drawn independently hold `list_one_count` and `list_two_count` of them
-- and `overlap_count` in common.
--
-- total       Chapman (1951): (n1 + 1)(n2 + 1) / (m + 1) − 1, without bias once some seven are in both lists
-- low, high   the totals N under which the overlap found would not surprise at 5 %: the overlap of lists of n1 and
--             n2 out of N has the mean n1·n2/N and the variance n1·n2·(N−n1)(N−n2) / (N²(N−1)) (hypergeometric);
--             low and high are where it lies 1.96 standard deviations from its mean.
--
-- Unlike Chapman's own standard deviation, which is zero when one list lies within the other, this interval keeps its
-- coverage with small numbers and at high capture rates: docs/completeness.md has the figures. high is NULL (no
-- upper bound) when nothing is in both lists.
create or replace function gold.chapman_estimate(
    list_one_count bigint,
    list_two_count bigint,
    overlap_count bigint,
    out total numeric,
    out low numeric,
    out high numeric
)
language plpgsql immutable parallel safe as $$
declare
    z_squared constant double precision := 1.959963984540054 ^ 2;
    n1 constant double precision := list_one_count;
    n2 constant double precision := list_two_count;
    m constant double precision := overlap_count;
    captured constant double precision := n1 + n2 - m;
    -- Where the overlap is just what is to be expected.
    centre constant double precision := greatest(captured, n1 * n2 / greatest(m, 0.5));
    surprising double precision;
    likely double precision;
    tried double precision;
begin
    total := (n1 + 1) * (n2 + 1) / (m + 1) - 1;

    surprising := captured;
    likely := centre;
    if (m * captured - n1 * n2) ^ 2 * (captured - 1) <= z_squared * n1 * n2 * (captured - n1) * (captured - n2) then
        likely := captured;
    else
        for step in 1 .. 50 loop
            tried := (surprising + likely) / 2;
            if (m * tried - n1 * n2) ^ 2 * (tried - 1) > z_squared * n1 * n2 * (tried - n1) * (tried - n2) then
                surprising := tried;
            else
                likely := tried;
            end if;
        end loop;
    end if;
    low := likely;

    if m = 0 then
        return;
    end if;
    likely := centre;
    surprising := centre * 2 + 10;
    while (m * surprising - n1 * n2) ^ 2 * (surprising - 1)
        <= z_squared * n1 * n2 * (surprising - n1) * (surprising - n2)
    loop
        surprising := surprising * 2;
    end loop;
    for step in 1 .. 50 loop
        tried := (surprising + likely) / 2;
        if (m * tried - n1 * n2) ^ 2 * (tried - 1) > z_squared * n1 * n2 * (tried - n1) * (tried - n2) then
            surprising := tried;
        else
            likely := tried;
        end if;
    end loop;
    high := likely;
end;
$$;
comment on function gold.chapman_estimate(bigint, bigint, bigint) is 'Estimate and 95 % interval of a total, from the sizes of two independent lists and of their overlap (Chapman''s estimator, score interval).';
