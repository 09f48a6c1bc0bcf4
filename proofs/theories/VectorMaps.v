(* Piecewise-linear maps of R^d as data, their meaning, and how they are composed of stages of two kinds. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Rational Network Bends Lipschitz Vectors.
Import ListNotations.
Local Open Scope R_scope.

(* ---- data ---- *)

(* x -> A x + W max(0, C x + e) + h; all entries are integers over the common denominator [over]. *)
Inductive plrnn := Plrnn (over : positive) (A W C : list (list numeral)) (e h : list numeral).
Arguments Plrnn over%positive (A W C e h)%numeral.

Inductive vector_map := Layers (net : network) | Recurrent (p : plrnn).

(* ---- meaning ---- *)

Definition layers_sem (net : network) (x : list R) : list R := fold_left layer_sem net x.

Definition plrnn_sem (p : plrnn) (x : list R) : list R :=
  let 'Plrnn over A W C e h := p in
  let hidden := map (fun '(c, ek) => Rmax 0 ((weighted_sum c x + IZR (value ek)) / IZR (Zpos over)))
    (combine C e) in
  map (fun '(a, w, hk) => (weighted_sum a x + weighted_sum w hidden + IZR (value hk)) / IZR (Zpos over))
    (combine (combine A W) h).

Definition vector_sem (m : vector_map) : list R -> list R :=
  match m with Layers net => layers_sem net | Recurrent p => plrnn_sem p end.

(* It takes d numbers, and returns d. *)
Definition matrix_shaped (rows columns : nat) (M : list (list numeral)) : bool :=
  (length M =? rows)%nat && forallb (fun row => length row =? columns)%nat M.

Fixpoint layers_shaped (d inputs : nat) (net : network) : bool :=
  match net with
  | [] => (inputs =? d)%nat
  | l :: rest =>
      forallb (fun row => length (fst row) =? inputs)%nat (rows l) && layers_shaped d (length (rows l)) rest
  end.

Definition vector_shaped (d : nat) (m : vector_map) : bool :=
  match m with
  | Layers net => negb (match net with [] => true | _ => false end) && layers_shaped d d net
  | Recurrent (Plrnn _ A W C e h) =>
      let m := length e in
      matrix_shaped d d A && matrix_shaped d m W && matrix_shaped m d C && (length h =? d)%nat
  end.

(* ---- stages ---- *)

(* An affine map (rows of integers, each with its constant, over [over]), or a bend of the first coordinates *)
Inductive stage := Affine (over : positive) (rows : list (list Z * Z)) | Bent (count : nat) (b : bend).

Fixpoint bent (n : nat) (b : bend) (x : list R) : list R :=
  match n, x with S n', v :: x' => bend_sem b v :: bent n' b x' | _, _ => x end.

Definition stage_sem (x : list R) (s : stage) : list R :=
  match s with Affine over rows => map (linear_R over x) rows | Bent n b => bent n b x end.

Definition through (S : list stage) (x : list R) : list R := fold_left stage_sem S x.

Definition unit_row (over : positive) (k : nat) : list Z := repeat 0%Z k ++ [Zpos over].

Definition stages_of_layer (l : layer_Z) : list stage :=
  Affine (den_Z l) (rows_Z l) :: map (Bent (length (rows_Z l))) (bends_Z l).

Definition row_value (r : list numeral) : list Z := map value r.

Definition stages (m : vector_map) : list stage :=
  match m with
  | Layers net => flat_map (fun l => stages_of_layer (decode l)) net
  | Recurrent (Plrnn over A W C e h) =>
      (* x, then (C x + e, x), then (max(0, C x + e), x), then the whole *)
      [Affine over (map (fun '(c, ek) => (row_value c, value ek)) (combine C e) ++
                    map (fun k => (unit_row over k, 0%Z)) (seq 0 (length h)));
       Bent (length (combine C e)) (Bend 0 0 1 1);
       Affine over (map (fun '(a, w, hk) => (row_value w ++ row_value a,
         value hk)) (combine (combine A W) h))]
  end.

(* ---- the stages are the map ---- *)

Lemma bent_all n b x : (length x <= n)%nat -> bent n b x = map (bend_sem b) x.
Proof. revert x; induction n as [|n IH]; intros [|v x] H; simpl in *; try lia; auto. rewrite IH by lia.
reflexivity. Qed.

Lemma bent_app b x y : bent (length x) b (x ++ y) = map (bend_sem b) x ++ y.
Proof. induction x as [|v x IH]; simpl; [destruct y; reflexivity|]. rewrite IH. reflexivity. Qed.

Lemma bents_all n bs : forall x, (length x <= n)%nat ->
  through (map (Bent n) bs) x = fold_left (fun v b => map (bend_sem b) v) bs x.
Proof.
  induction bs as [|b bs IH]; intros x H; [reflexivity|]. cbn [map through fold_left stage_sem].
  rewrite bent_all by exact H. apply IH. rewrite map_length. exact H.
Qed.

Lemma through_app S T x : through (S ++ T) x = through T (through S x).
Proof. apply fold_left_app. Qed.

Lemma dot_unit over k : forall x, dot_R (unit_row over k) x = IZR (Zpos over) * nth k x 0.
Proof.
  unfold unit_row. induction k as [|k IH]; intros [|v x]; simpl; try ring.
  rewrite IH. ring.
Qed.

Lemma dot_app w v : forall x y, length w = length x -> dot_R (w ++ v) (x ++ y) = dot_R w x + dot_R v y.
Proof.
  induction w as [|a w IH]; intros [|b x] y H; simpl in *; try discriminate; [ring|].
  rewrite IH by congruence. ring.
Qed.

Lemma map_coordinates x : map (fun k => nth k x 0) (seq 0 (length x)) = x.
Proof.
  induction x as [|a x IH]; [reflexivity|]. cbn [length seq map nth]. f_equal.
  rewrite <- seq_shift, map_map. exact IH.
Qed.

Lemma relu_bend y : bend_sem (Bend 0 0 1 1) y = Rmax 0 y.
Proof. apply (bends_act Relu). Qed.

Lemma plrnn_stages p d x : vector_shaped d (Recurrent p) = true -> length x = d ->
  through (stages (Recurrent p)) x = plrnn_sem p x.
Proof.
  destruct p as [over A W C e h]. unfold vector_shaped, matrix_shaped.
  rewrite !andb_true_iff, !Nat.eqb_eq, !forallb_forall.
  intros ((([HA1 HA2] & [HW1 HW2]) & [HC1 HC2]) & Hh) Hx. pose proof (pos_R over) as Hover.
  cbn [stages through fold_left stage_sem plrnn_sem]. rewrite map_app, !map_map.
  set (z := map _ (combine C e)).
  replace (map _ (seq 0 (length h))) with x.
  2:{ rewrite <- (map_coordinates x) at 1. rewrite Hx, <- Hh. apply map_ext. intro k. unfold linear_R.
      cbn [fst snd]. rewrite dot_unit. field. lra. }
  replace (length (combine C e)) with (length z) by apply map_length. rewrite bent_app.
  apply map_ext_in. intros [[a w] hk] Hin. unfold linear_R. cbn [fst snd].
  apply in_combine_l, in_combine_r, HW2, Nat.eqb_eq in Hin. unfold row_value. rewrite dot_app.
  - rewrite !weighted_sum_dot. f_equal. unfold z. rewrite map_map. f_equal.
    replace (map (fun '(c, ek) => Rmax 0 _) (combine C e))
      with (map (fun v => bend_sem (Bend 0 0 1 1)
        (linear_R over x (let '(c, ek) := v in (row_value c, value ek)))) (combine C e)).
    + ring.
    + apply map_ext. intros [c ek]. rewrite relu_bend. unfold linear_R, row_value. cbn [fst snd].
      rewrite weighted_sum_dot. reflexivity.
  - unfold z. rewrite !map_length, combine_length. rewrite Hin, HC1. lia.
Qed.

Lemma layers_stages net : forall x, through (stages (Layers net)) x = layers_sem net x.
Proof.
  induction net as [|l net IH]; intro x; [reflexivity|]. cbn [stages flat_map layers_sem fold_left].
  rewrite through_app. fold (stages (Layers net)). rewrite IH. unfold layers_sem at 1. f_equal.
  rewrite <- decode_layer. unfold stages_of_layer, layer_R. cbn [through fold_left stage_sem].
  apply bents_all. rewrite map_length. lia.
Qed.

Theorem stages_correct m d x : vector_shaped d m = true -> length x = d ->
  through (stages m) x = vector_sem m x.
Proof. destruct m as [net|p]; intros; [apply layers_stages|apply (plrnn_stages p d); assumption]. Qed.

Lemma layers_length net : forall d inputs x, layers_shaped d inputs net = true -> length x = inputs ->
  length (layers_sem net x) = d.
Proof.
  induction net as [|l net IH]; intros d inputs x H Hx; cbn [layers_shaped] in H.
  - apply Nat.eqb_eq in H. simpl. congruence.
  - apply andb_true_iff in H as [_ H]. apply (IH d _ _ H). apply map_length.
Qed.

Lemma vector_length m d x : vector_shaped d m = true -> length x = d -> length (vector_sem m x) = d.
Proof.
  destruct m as [net|[over A W C e h]]; unfold vector_shaped, matrix_shaped;
    rewrite ?andb_true_iff, ?Nat.eqb_eq.
  - intros [_ H] Hx. apply (layers_length net d d x H Hx).
  - intros ((([HA _] & [HW _]) & _) & Hh) _. cbn [vector_sem plrnn_sem].
    rewrite map_length, !combine_length. lia.
Qed.

(* ---- stages are Lipschitz ---- *)

(* The sum of the absolute values *)
Definition size (c : list Z) : Z := fold_right (fun a s => Z.abs a + s)%Z 0%Z c.

Lemma size_nonneg c : 0 <= IZR (size c).
Proof. apply IZR_le. induction c; simpl; lia. Qed.

Lemma dot_cons a w x : dot_R (a :: w) x = IZR a * nth 0 x 0 + dot_R w (tl x).
Proof. destruct x; simpl; [|reflexivity]. destruct w; simpl; ring. Qed.

Lemma nth_tl k (x : list R) : nth k (tl x) 0 = nth (S k) x 0.
Proof. destruct x, k; reflexivity. Qed.

Lemma dot_lipschitz w x y : Rabs (dot_R w x - dot_R w y) <= IZR (size w) * distance x y.
Proof.
  assert (H : forall r, (forall k, Rabs (nth k x 0 - nth k y 0) <= r) ->
    Rabs (dot_R w x - dot_R w y) <= IZR (size w) * r); [|apply H; intro k; apply distance_nth].
  revert x y. induction w as [|a w IH]; intros x y r H.
  - simpl. rewrite Rminus_eq_0, Rabs_R0. lra.
  - rewrite !dot_cons. specialize (IH (tl x) (tl y) r). specialize (H 0%nat) as H0.
    replace (IZR a * nth 0 x 0 + dot_R w (tl x) - (IZR a * nth 0 y 0 + dot_R w (tl y)))
      with (IZR a * (nth 0 x 0 - nth 0 y 0) + (dot_R w (tl x) - dot_R w (tl y))) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. simpl size. rewrite plus_IZR, abs_IZR, Rabs_mult,
      Rmult_plus_distr_r.
    apply Rplus_le_compat; [apply Rmult_le_compat_l; [apply Rabs_pos|exact H0]|].
    apply IH. intro k. rewrite !nth_tl. apply H.
Qed.

Lemma affine_lipschitz over rows : lipschitz (fun x => map (linear_R over x) rows).
Proof.
  apply (lipschitz_map (fun row x => linear_R over x row)). intros [w k] _.
  exists (/ IZR (Zpos over) * IZR (size w)). intros x y. unfold linear_R.
  cbn [fst snd]. pose proof (pos_R over) as Hover. pose proof (Rinv_0_lt_compat _ Hover).
  replace ((dot_R w x + IZR k) / IZR (Zpos over) - (dot_R w y + IZR k) / IZR (Zpos over))
    with (/ IZR (Zpos over) * (dot_R w x - dot_R w y)) by (field; lra).
  rewrite Rabs_mult, (Rabs_right (/ _)), Rmult_assoc by lra. apply Rmult_le_compat_l;
    [lra|apply dot_lipschitz].
Qed.

Lemma bent_lipschitz n b : lipschitz (bent n b).
Proof.
  set (L := Rmax 1 (IZR (bend_slope b) / IZR (Zpos (over b)))).
  pose proof (Rmax_l 1 (IZR (bend_slope b) / IZR (Zpos (over b)))) as H1.
  pose proof (Rmax_r 1 (IZR (bend_slope b) / IZR (Zpos (over b)))) as H2. fold L in H1, H2.
  exists L. split; [exact H1|].
  assert (Hid : forall x y, distance x y <= L * distance x y) by (intros x y;
    pose proof (distance_pos x y); nra).
  induction n as [|n IH]; intros x y Hxy; [split; [exact Hxy|apply Hid]|].
  destruct x as [|v x], y as [|w y]; try discriminate; [split; [reflexivity|apply Hid]|].
  cbn [bent length distance] in *. injection Hxy as Hxy. destruct (IH x y Hxy) as [Hlen Hd]. split;
    [congruence|].
  pose proof (Rmax_l (Rabs (v - w)) (distance x y)). pose proof (Rmax_r (Rabs (v - w)) (distance x y)).
  pose proof (bend_lipschitz b v w). pose proof (Rabs_pos (v - w)). pose proof (distance_pos x y).
  apply Rmax_lub; nra.
Qed.

Lemma through_lipschitz S : lipschitz (through S).
Proof.
  induction S as [|s S IH]; [apply lipschitz_id|].
  apply (lipschitz_comp (fun x => stage_sem x s) (through S)); [|exact IH].
  destruct s; [apply affine_lipschitz|apply bent_lipschitz].
Qed.
