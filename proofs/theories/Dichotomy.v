(* A map that is neither chaotic nor ordered at any level has exactly the periods 1, 2, 4, 8, ...

   So a search for certificates of chaos and of order at all levels ends, except for maps of this one type.
   (The verdicts exclude each other: ordered_not_chaotic.) *)

From Coq Require Import Reals Lra Lia.
From Certify Require Import Dynamics Iterates Continuity OddCertificate Order.
Local Open Scope R_scope.

Lemma fixed_point f lo hi : lo <= hi -> cont_on f lo hi -> selfmap f lo hi ->
  exists x, lo <= x <= hi /\ f x = x.
Proof.
  intros Hl Hc Hs. set (F := ext f lo hi).
  assert (HF : forall x, lo <= F x <= hi) by (intro x; apply Hs, clamp_range; auto).
  destruct (IVT_down (fun x => F x - x) lo hi 0) as [x [Hx E]]; auto.
  - apply cont_minus_id, ext_cont; auto.
  - pose proof (HF lo). pose proof (HF hi). lra.
  - exists x. split; auto. unfold F in E. rewrite ext_id in E; auto. lra.
Qed.

Theorem neither_verdict f lo hi : lo <= hi -> cont_on f lo hi -> selfmap f lo hi ->
  ~ chaotic f lo hi -> (forall j, ~ ordered f lo hi (2 ^ j)) ->
  (forall n x, lo <= x <= hi -> least_period f n x -> exists i, n = (2 ^ i)%nat) /\
  (forall i, ~ ~ exists x, lo <= x <= hi /\ least_period f (2 ^ i) x).
Proof.
  intros Hl Hc Hs Hchaos Horder. split.
  - intros n x Hx L. destruct (pow2_or_not n (proj1 L)) as [H|H]; auto.
    exfalso. apply Hchaos, (period_chaos_interval f lo hi Hc Hs n x Hx L H).
  - intros [|j] Hno.
    + destruct (fixed_point f lo hi Hl Hc Hs) as [x [Hx E]]. apply Hno. exists x. split; auto.
      split; [simpl; lia|]. split; [exact E|]. intros k Hk. simpl in Hk. lia.
    + apply (Horder j). apply order_iff_no_period; auto.
Qed.
